/**
 * Fraction of variance unexplained, FVU; null where it is undefined: targets that are all equal, up to float32's rounding, have no
 * variance to explain.
 *
 * @param error - sum ||x_r - x_hat||^2
 * @param variance - sum ||x_r - mean||^2
 * @param power - sum ||x_r||^2
 */
export function fractionUnexplained(error: number, variance: number, power: number): number | null {
  return variance > 2 ** -44 * power ? error / variance : null;
}
