import { random } from "@monosema/tensor";

/** Correlation of the firings by a Gaussian copula of low rank. */
export interface CorrelationOptions {
  /** r, columns of the factor. */
  readonly rank: number;
  /** Standard deviation of the factor's entries. */
  readonly scale: number;
}

/** Rows of the copula: y = factor eta_1 + own eta_2 has unit variance. */
export interface CopulaFactor {
  /** r. */
  readonly rank: number;
  /** F, `[n, rank]`. */
  readonly factor: Float64Array;
  /** sqrt(D), `[n]`. */
  readonly own: Float64Array;
}

/**
 * Draws F with entries scale N(0, 1) and the diagonal that completes it; rows with D_i < .01 are rescaled to |F_i|^2 = .99.
 *
 * @throws RangeError for a rank or scale out of range
 */
export function copulaFactor(n: number, { rank, scale }: CorrelationOptions, seed: number): CopulaFactor {
  if (!Number.isSafeInteger(rank) || rank < 1 || rank > 10_000 || !(scale >= 0)) {
    throw new RangeError(
      `copulaFactor: rank must be at least 1 and at most 10,000, scale at least 0, got ${rank} and ${scale}; change them`,
    );
  }
  const stream = random(seed, "correlation");
  const factor = Float64Array.from({ length: n * rank }, () => scale * stream.normal());
  const own = new Float64Array(n);
  for (let feature = 0; feature < n; feature++) {
    const row = factor.subarray(feature * rank, (feature + 1) * rank);
    let square = 0;
    for (const value of row) square += value * value;
    if (1 - square < 0.01) {
      const shrink = Math.sqrt(0.99 / square);
      row.forEach((value, k) => {
        row[k] = value * shrink;
      });
      square = 0.99;
    }
    own[feature] = Math.sqrt(1 - square);
  }
  return { rank, factor, own };
}
