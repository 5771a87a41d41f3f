import type { Weights } from "../model.js";
import type { DataScale } from "./options.js";

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

/** Norm statistics of the rows of `[N, width]`. */
export function normStatistics(rows: Float32Array | Float64Array, width: number): NormStatistics {
  const samples = rows.length / width;
  let norms = 0;
  let squares = 0;
  for (let start = 0; start < rows.length; start += width) {
    let square = 0;
    for (let d = 0; d < width; d++) square += (rows[start + d] as number) ** 2;
    squares += square;
    norms += Math.sqrt(square);
  }
  return { samples, meanNorm: norms / samples, meanSquare: squares / samples };
}

/**
 * Weights for data in original units from weights trained on scaled data: encoder s_p, decoder / s_r, b_dec / s_r, skip s_p / s_r;
 * b_enc and theta unchanged, so latents keep their scale (exact).
 */
export function foldScale(weights: Weights, { input, target }: DataScale): Weights {
  if (input === 1 && target === 1) return weights;
  const times = (values: Float32Array, factor: number): Float32Array => values.map((value) => value * factor);
  const { encoder, decoder, decoderBias, skip } = weights;
  return {
    ...weights,
    encoder: times(encoder, input),
    decoder: times(decoder, 1 / target),
    ...(decoderBias ? { decoderBias: times(decoderBias, 1 / target) } : {}),
    ...(skip ? { skip: times(skip, input / target) } : {}),
  };
}
