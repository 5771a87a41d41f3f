import { lessMean, rowTimes } from "../activations/lessMean.js";
import type { Activation } from "../activations/table.js";
import type { Batch } from "../batch.js";
import { columnMeans } from "../columnMeans.js";
import { columnsOf } from "../layers.js";
import type { Weights } from "../model.js";
import type { SdlSpec } from "../spec.js";
import { transcodes } from "../transcodes.js";
import type { DataScale } from "./options.js";

/** What training needs to know of its samples, as options of `train`. */
export interface Normalisation {
  /** Factors of input and target. */
  readonly scale: DataScale;
  /** Mean of the targets `[R]`, where b_dec can start from it. */
  readonly mean?: Float64Array;
  /** Mean of a transcoder's inputs `[P]`, where b_enc can take it up. */
  readonly inputMean?: Float64Array;
}

/**
 * The factors that bring samples to a common size, for each layer of a cross-layer transcoder its own, taken about the mean wherever the model can absorb one: where b_dec is subtracted
 * from the input, in a target that b_dec reproduces, and in a transcoder's input where b_enc takes it up. So a constant added to the
 * data changes nothing but roundings. Samples that all equal their mean keep the factor of their own norms.
 *
 * @param kind - see {@link scaleFactor}
 * @param input - samples `[N, P]`
 * @param target - targets `[N, R]` of a transcoder
 * @throws RangeError when all samples or all targets are zero
 */
export function normalisation(
  kind: "meanNorm" | "rms",
  spec: SdlSpec,
  input: Batch["input"],
  target?: Batch["input"],
): Normalisation {
  const { nP, nR, biases } = spec;
  const mean = biases.decoder ? columnMeans(target ?? input, nR) : undefined;
  if (target === undefined) {
    const factor = factorAbout(kind, input, nP, biases.subtractDecoderBias ? mean : undefined);
    return { scale: { input: factor, target: factor }, ...(mean ? { mean } : {}) };
  }
  const inputMean = absorbsInputMean(spec) ? columnMeans(input, nP) : undefined;
  const { layers } = spec;
  return {
    scale: layers
      ? {
          input: factorsOfLayers(
            kind,
            input,
            layers.map((layer) => layer.nP),
            inputMean,
          ),
          target: factorsOfLayers(
            kind,
            target,
            layers.map((layer) => layer.nR),
            mean,
          ),
        }
      : { input: factorAbout(kind, input, nP, inputMean), target: factorAbout(kind, target, nR, mean) },
    ...(mean ? { mean } : {}),
    ...(inputMean ? { inputMean } : {}),
  };
}

/** The factor of each layer's columns, for each column. */
function factorsOfLayers(
  kind: "meanNorm" | "rms",
  rows: Batch["input"],
  widths: readonly number[],
  center?: Float64Array,
): Float64Array {
  const factors = new Float64Array(widths.reduce((sum, width) => sum + width, 0));
  let from = 0;
  for (const width of widths) {
    const to = from + width;
    factors.fill(
      factorAbout(kind, columnsOf(rows, factors.length, from, to), width, center?.subarray(from, to)),
      from,
      to,
    );
    from = to;
  }
  return factors;
}

/** Whether biases can take up the mean of a transcoder's inputs; a skip passes it on to b_dec. */
export const absorbsInputMean = (spec: SdlSpec): boolean =>
  transcodes(spec) && spec.biases.encoder && (spec.biases.decoder || !spec.skip);

function factorAbout(kind: "meanNorm" | "rms", rows: Batch["input"], width: number, center?: Float64Array): number {
  const own = normStatistics(rows, width);
  const about = center ? normStatistics(rows, width, center) : own;
  // Spread within float32's rounding of the samples is none.
  return scaleFactor(kind, about.meanSquare > 2 ** -44 * own.meanSquare ? about : own, width);
}

/** Norm statistics of samples, streamed. */
export interface NormStatistics {
  /** Samples seen. */
  readonly samples: number;
  /** Mean of ||x||. */
  readonly meanNorm: number;
  /** Mean of ||x||^2. */
  readonly meanSquare: number;
}

/**
 * The factor that brings samples to a common size: `meanNorm` s = sqrt(P) / mean ||x||; `rms` s = 1 / sqrt(mean ||x||^2).
 *
 * @param width - P (or R for targets)
 * @throws RangeError when all samples are zero
 */
export function scaleFactor(kind: "meanNorm" | "rms", statistics: NormStatistics, width: number): number {
  if (!(statistics.meanSquare > 0))
    throw new RangeError("scaleFactor: some sample must not be zero, got only zeros; check the data");
  return kind === "meanNorm" ? Math.sqrt(width) / statistics.meanNorm : 1 / Math.sqrt(statistics.meanSquare);
}

/**
 * Norm statistics of the rows of `[N, width]`.
 *
 * @param center - `[width]`, subtracted from each row first. Default: nothing
 */
export function normStatistics(
  rows: Float32Array | Float64Array,
  width: number,
  center?: Float32Array | Float64Array,
): NormStatistics {
  const samples = rows.length / width;
  let norms = 0;
  let squares = 0;
  for (let start = 0; start < rows.length; start += width) {
    let square = 0;
    for (let d = 0; d < width; d++) square += ((rows[start + d] as number) - (center?.[d] ?? 0)) ** 2;
    squares += square;
    norms += Math.sqrt(square);
  }
  return { samples, meanNorm: norms / samples, meanSquare: squares / samples };
}

/** Rows times a factor, or times one factor for each column. */
export function scaleColumns<T extends Float32Array | Float64Array>(rows: T, factor: Factor): T {
  if (factor === 1) return rows;
  if (typeof factor === "number") {
    // A loop: `map` takes seven times as long, at every step of a training.
    const scaled = rows.slice() as T;
    for (let i = 0; i < scaled.length; i++) scaled[i] = (scaled[i] as number) * factor;
    return scaled;
  }
  return rows.map((value, i) => value * (factor[i % factor.length] as number)) as T;
}

/** The factors that undo others. */
export const inverse = (factor: Factor): Factor =>
  typeof factor === "number" ? 1 / factor : factor.map((each) => 1 / each);

function quotient(a: Factor, b: Factor): number {
  if (typeof a === "number" && typeof b === "number") return a / b;
  throw new RangeError("foldScale: weights with a skip need one factor for all columns, got one for each; use one");
}

type Factor = DataScale["input"];

/**
 * Weights for data in original units from weights trained on scaled data: encoder s_p, decoder / s_r, b_dec / s_r, skip s_p / s_r;
 * b_enc and theta unchanged, so latents keep their scale (exact).
 *
 * @param scale - the factors; their inverses lead back to the units of training
 * @throws RangeError for a skip and one factor for each column
 */
export function foldScale(weights: Weights, { input, target }: DataScale): Weights {
  if (input === 1 && target === 1) return weights;
  const { encoder, decoder, decoderBias, skip } = weights;
  return {
    ...weights,
    encoder: scaleColumns(encoder, input),
    decoder: scaleColumns(decoder, inverse(target)),
    ...(decoderBias ? { decoderBias: scaleColumns(decoderBias, inverse(target)) } : {}),
    ...(skip ? { skip: scaleColumns(skip, quotient(input, target)) } : {}),
  };
}

/**
 * Weights of a transcoder for samples x from its weights for samples x - m: the encoder's biases lose W_E m, b_dec loses skip m.
 *
 * @param mean - m `[P]`; its negative leads back
 */
export function foldShift(activation: Activation, weights: Weights, mean: Float32Array | Float64Array): Weights {
  const { encoder, decoderBias, skip } = weights;
  return {
    ...weights,
    ...lessMean(activation, weights, encoder, mean),
    ...(decoderBias && skip ? { decoderBias: decoderBias.map((value, i) => value - rowTimes(skip, i, mean)) } : {}),
  };
}
