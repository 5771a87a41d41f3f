import { algebra, type Backend, type Entries, type SparseRows, type Tensor } from "@monosema/tensor";
import type { InferenceRule } from "./activations/kind.js";
import { checkModel } from "./checkpoint/checkModel.js";
import { inferenceRule } from "./inferenceRule.js";
import { scaleSamples } from "./inputScaling.js";
import type { Model } from "./model.js";

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
  const { nP, nR, biases, variant } = model.spec;
  const rule = inferenceRule(model, "openModel"); // checked before anything is on the backend
  const constants = openConstants(backend, model, rule);
  const { add, sub } = algebra(backend);
  const forward = (x: Tensor): Entries => {
    const { decoderBias } = constants;
    const centred = biases.subtractDecoderBias && decoderBias ? sub(x, decoderBias) : x;
    return applied(backend, rule, constants, centred);
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
        const biased = constants.decoderBias ? add(decoded, constants.decoderBias) : decoded;
        if (!constants.skip) return { entries, output: biased };
        const skipped = backend.matMul(backend.tensor(input, [batch, nP]), constants.skip, { transposeB: true });
        return { entries, output: add(biased, skipped) };
      });
      const codes = await backend.readEntries(entries);
      const decoded = Float32Array.from(await backend.read(output));
      backend.dispose(entries.of, output);
      return { codes, reconstruction: variant === "transcoder" ? decoded : restore(decoded, nR) };
    },
    dispose: () => backend.dispose(...Object.values(constants)),
  };
}

/** What a dictionary keeps on the backend; those of an {@link InferenceRule} that are not there play no part. */
interface Constants {
  readonly encoder: Tensor;
  readonly decoder: Tensor;
  readonly decoderBias?: Tensor;
  readonly skip?: Tensor;
  readonly bias?: Tensor;
  readonly theta?: Tensor;
  readonly gain?: Tensor;
  readonly offset?: Tensor;
}

function openConstants(
  backend: Backend,
  { spec, weights }: Model,
  { selection, bias, values }: InferenceRule,
): Constants {
  const { nP, nR, nQ, tied } = spec;
  const theta = selection.kind === "threshold" ? selection.theta : 0;
  const encoder = backend.tensor(weights.encoder, [nQ, nP]);
  const { decoderBias, skip } = weights;
  return {
    encoder,
    decoder: tied ? encoder : backend.tensor(weights.decoder, [nQ, nR]),
    ...(decoderBias ? { decoderBias: backend.tensor(decoderBias, [nR]) } : {}),
    ...(skip ? { skip: backend.tensor(skip, [nR, nP]) } : {}),
    ...(bias ? { bias: backend.tensor(bias, [nQ]) } : {}),
    ...(typeof theta === "number" ? {} : { theta: backend.tensor(theta, [nQ]) }),
    ...(values?.gain ? { gain: backend.tensor(values.gain, [nQ]) } : {}),
    ...(values?.offset ? { offset: backend.tensor(values.offset, [nQ]) } : {}),
  };
}

/** Codes of (shifted) inputs. */
function applied(backend: Backend, rule: InferenceRule, constants: Constants, x: Tensor): Entries {
  const { add, mul, relu, sub } = algebra(backend);
  const { encoder, bias, theta, gain, offset } = constants;
  const { selection } = rule;
  const chosen =
    selection.kind === "threshold" ? { ...selection, theta: theta ?? (selection.theta as number) } : selection;
  const { codes } = backend.select(x, encoder, chosen, bias ? { bias } : {});
  if (rule.values === undefined) return codes.pre;
  const u = bias ? sub(codes.pre, backend.atLatents(codes, bias)) : codes.pre;
  const scaled = gain ? mul(u, backend.atLatents(codes, gain)) : u;
  return relu(offset ? add(scaled, backend.atLatents(codes, offset)) : scaled);
}
