import { algebra, type Backend, type SparseRows, type Tensor } from "@monosema/tensor";
import { checkModel } from "./checkpoint/checkModel.js";
import type { Coder } from "./coder.js";
import { decodedCodes } from "./codes/decodedCodes.js";
import { inferenceRule } from "./inferenceRule.js";
import { scaleSamples } from "./inputScaling.js";
import type { Model } from "./model.js";
import { searchingCoder } from "./searchingCoder.js";
import { selectingCoder } from "./selectingCoder.js";
import { transcodes } from "./transcodes.js";

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
  /**
   * Reconstruction `[B, R]` of samples whose codes are known; the input gives what scale and skip need, as for `encode`.
   *
   * @throws RangeError where the codes are not those of B rows
   */
  readonly decode: (codes: SparseRows, input: Float32Array | Float64Array, batch: number) => Promise<Float32Array>;
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
  const { nP, nR } = model.spec;
  const coder = openCoder(backend, model); // checked before anything is on the backend
  const { decoderBias: bD, skip: wSkip } = model.weights;
  const decoderBias = bD && backend.tensor(bD, [nR]);
  const skip = wSkip && backend.tensor(wSkip, [nR, nP]);
  const { add } = algebra(backend);
  const checkInput = (caller: string, input: Float32Array | Float64Array, batch: number): void => {
    if (batch > 0 && Number.isInteger(batch) && input.length === batch * nP) return;
    const width = Number.isInteger(input.length / batch) ? `width ${input.length / batch}` : `${input.length} numbers`;
    throw new RangeError(
      `${caller}: input must hold samples of width ${nP}, the dictionary's, got ${width} in ${batch} samples; use the activations it was trained on`,
    );
  };
  const reconstructed = async (
    decoded: Tensor,
    input: Float32Array | Float64Array,
    batch: number,
    restore: (values: Float32Array, width: number) => Float32Array,
  ): Promise<Float32Array> => {
    const output = backend.scope(() => {
      const biased = decoderBias ? add(decoded, decoderBias) : decoded;
      if (!skip) return biased;
      return add(biased, backend.matMul(backend.tensor(input, [batch, nP]), skip, { transposeB: true }));
    });
    const reconstruction = Float32Array.from(await backend.read(output));
    backend.dispose(...new Set<Tensor>([decoded, output]));
    return transcodes(model.spec) ? reconstruction : restore(reconstruction, nR);
  };
  return {
    model,
    encode: async (input, batch) => {
      checkInput("encode", input, batch);
      return await coder.encode(scaleSamples(model.inputScaling, input, nP).scaled, batch);
    },
    run: async (input, batch) => {
      checkInput("run", input, batch);
      const { scaled, restore } = scaleSamples(model.inputScaling, input, nP);
      const { codes, decoded } = await coder.run(scaled, batch);
      return { codes, reconstruction: await reconstructed(decoded, input, batch, restore) };
    },
    decode: async (codes, input, batch) => {
      checkInput("decode", input, batch);
      const { restore } = scaleSamples(model.inputScaling, input, nP);
      const decoded = backend.tensor(decodedCodes(codes, model, batch), [batch, nR]);
      return await reconstructed(decoded, input, batch, restore);
    },
    dispose: () => {
      coder.dispose();
      backend.dispose(...[decoderBias, skip].filter((tensor) => tensor !== undefined));
    },
  };
}

function openCoder(backend: Backend, model: Model): Coder {
  const { selection, ...rest } = inferenceRule(model, "openModel");
  return selection.kind === "absTopK" || selection.kind === "pursuit"
    ? searchingCoder(backend, model, selection)
    : selectingCoder(backend, model, { selection, ...rest });
}
