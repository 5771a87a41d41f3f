import type { Backend, Codes, Entries, Selection, SparseRows, Tensor } from "@monosema/tensor";
import { checkModel, runningThreshold } from "./checkpoint/checkModel.js";
import { scaleSamples } from "./inputScaling.js";
import type { Model, Weights } from "./model.js";

/** A dictionary on a backend, ready to run. */
export interface LoadedModel {
  /** The dictionary. */
  readonly model: Model;
  /**
   * Codes of samples.
   *
   * @param input - `[B, P]`, row-major
   * @param batch - samples B
   * @throws RangeError where the input does not hold B rows of width P
   */
  readonly encode: (input: Float32Array | Float64Array, batch: number) => Promise<SparseRows>;
  /** Codes and reconstruction of samples; arguments as for `encode`. */
  readonly run: (input: Float32Array | Float64Array, batch: number) => Promise<ModelOutput>;
  /** Frees the tensors on the backend; the backend stays open. */
  readonly dispose: () => void;
}

/** Result of {@link LoadedModel.run}. */
export interface ModelOutput {
  /** Active latents of each sample. */
  readonly codes: SparseRows;
  /** `[B, R]`, row-major, in the units of the input. */
  readonly reconstruction: Float32Array;
}

/**
 * Puts a dictionary on a backend for inference: as in training, but BatchTopK selects by its running threshold (Bussmann et al.
 * 2024); Matryoshka is its base activation. A transcoder scales its input only, and its skip sees the input unscaled.
 *
 * @throws RangeError for arrays that do not fit the specification, or a BatchTopK model without its threshold
 */
export function openModel(backend: Backend, model: Model): LoadedModel {
  checkModel("openModel", model);
  if (model.spec.activation.kind === "batchtopk") runningThreshold("openModel", model); // before anything is on the backend
  const { nP, nR, biases, variant } = model.spec;
  const constants = openConstants(backend, model);
  const sigma = activation(backend, model, constants);
  const forward = (x: Tensor): Entries => {
    const { decoderBias } = constants;
    return sigma(biases.subtractDecoderBias && decoderBias ? backend.binary("sub", x, decoderBias) : x);
  };
  const checkInput = (caller: string, input: Float32Array | Float64Array, batch: number): void => {
    if (batch > 0 && Number.isInteger(batch) && input.length === batch * nP) return;
    const width = Number.isInteger(input.length / batch) ? `width ${input.length / batch}` : `${input.length} numbers`;
    throw new RangeError(
      `${caller}: input must hold samples of width ${nP}, the dictionary's, got ${width} in ${batch} samples; use the activations it was trained on`,
    );
  };
  return {
    model,
    encode: async (input, batch) => {
      checkInput("encode", input, batch);
      const { scaled } = scaleSamples(model.inputScaling, input, nP);
      const entries = backend.scope(() => forward(backend.tensor(scaled, [batch, nP])));
      const codes = await backend.readEntries(entries);
      backend.dispose(entries.of);
      return codes;
    },
    run: async (input, batch) => {
      checkInput("run", input, batch);
      const { scaled, restore } = scaleSamples(model.inputScaling, input, nP);
      const { entries, output } = backend.scope(() => {
        const entries = forward(backend.tensor(scaled, [batch, nP]));
        const decoded = backend.decode(entries, constants.decoder)[0] as Tensor;
        const biased = constants.decoderBias ? backend.binary("add", decoded, constants.decoderBias) : decoded;
        if (!constants.skip) return { entries, output: biased };
        const skipped = backend.matMul(backend.tensor(input, [batch, nP]), constants.skip, { transposeB: true });
        return { entries, output: backend.binary("add", biased, skipped) };
      });
      const codes = await backend.readEntries(entries);
      const decoded = Float32Array.from(await backend.read(output));
      backend.dispose(entries.of, output);
      return { codes, reconstruction: variant === "transcoder" ? decoded : restore(decoded, nR) };
    },
    dispose: () => backend.dispose(...Object.values(constants)),
  };
}

type Constants = { readonly [name in keyof Weights]: Tensor };

function openConstants(backend: Backend, { spec, weights }: Model): Constants {
  const { nP, nR, nQ, tied } = spec;
  const encoder = backend.tensor(weights.encoder, [nQ, nP]);
  const optional = (name: keyof Weights, shape: readonly number[]): Record<string, Tensor> => {
    const values = weights[name];
    return values ? { [name]: backend.tensor(values, shape) } : {};
  };
  return {
    encoder,
    decoder: tied ? encoder : backend.tensor(weights.decoder, [nQ, nR]),
    ...optional("encoderBias", [nQ]),
    ...optional("decoderBias", [nR]),
    ...optional("theta", [nQ]),
    ...optional("gateBias", [nQ]),
    ...optional("magnitudeBias", [nQ]),
    ...(weights.magnitudeScale ? { magnitudeScale: backend.tensor(weights.magnitudeScale.map(Math.exp), [nQ]) } : {}),
    ...optional("skip", [nR, nP]),
  };
}

/** Codes of (shifted) inputs. Here the constant `magnitudeScale` is e^r. */
function activation(backend: Backend, model: Model, constants: Constants): (x: Tensor) => Entries {
  const { encoder, encoderBias: bias, gateBias } = constants;
  const select = (x: Tensor, selection: Selection, offset: Tensor | undefined): Codes =>
    backend.select(x, encoder, selection, offset ? { bias: offset } : {}).codes;
  const masked = (selection: Selection) => (x: Tensor) => select(x, selection, bias).pre;
  const sigma = model.spec.activation;
  switch (sigma.kind) {
    case "relu":
      return masked({ kind: "threshold", theta: 0 });
    case "jumprelu":
      return masked({ kind: "threshold", theta: constants.theta as Tensor });
    case "batchtopk":
      return masked({ kind: "threshold", theta: runningThreshold("openModel", model) });
    case "topk":
      return masked({ kind: "topK", k: sigma.k, signed: sigma.signed ?? false });
    case "gated":
      return (x) => gated(backend, select(x, { kind: "threshold", theta: 0 }, gateBias), constants);
    default:
      throw new Error(`internal: openModel has no activation ${JSON.stringify(sigma satisfies never)}`);
  }
}

/** relu(e^r u + b_mag) where the gate u + b_gate is open (Rajamanoharan et al. 2024a). */
function gated(backend: Backend, codes: Codes, { gateBias, magnitudeBias, magnitudeScale }: Constants): Entries {
  const u = gateBias ? backend.binary("sub", codes.pre, backend.atLatents(codes, gateBias)) : codes.pre;
  const scaled = magnitudeScale ? backend.binary("mul", u, backend.atLatents(codes, magnitudeScale)) : u;
  const magnitude = magnitudeBias ? backend.binary("add", scaled, backend.atLatents(codes, magnitudeBias)) : scaled;
  return backend.unary("relu", magnitude);
}
