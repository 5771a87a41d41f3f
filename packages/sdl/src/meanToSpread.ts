import { columnMeans } from "./columnMeans.js";
import { normStatistics } from "./training/normalisation.js";

/**
 * ||mean||^2 / total variance of samples `[N, width]`: how far they lie from zero, in units of their spread. Where the mean is not
 * subtracted it shifts every pre-activation by a share of it, and latents that point away never fire: its root predicts the share of
 * dead latents before training (arXiv 2605.31518). Infinity for samples that are all equal.
 */
export function meanToSpread(rows: Float32Array | Float64Array, width: number): number {
  const mean = columnMeans(rows, width);
  return mean.reduce((sum, value) => sum + value * value, 0) / normStatistics(rows, width, mean).meanSquare;
}
