import { checkMatrix, checkWeights, gram, type Mat, norm, row } from "@monosema/numerics";
import { approximateLossCore } from "../codes/approximateLoss.js";

/** Input of {@link tiedInterference}. */
export interface TiedInterferenceInput {
  /** Input directions, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Target directions, `[n, nR]`. */
  readonly featuresR: Mat;
  /** Weight M_d of each feature, `[n]`. */
  readonly weights: ArrayLike<number>;
}

/** The approximate loss of the tied solution. */
export interface TiedInterference {
  /** M_d ||w_r^d - sum_k (<w_p^k, w_p^d>)_+ w_r^k||^2, `[n]`. */
  readonly perFeature: Float64Array;
  /** Their sum: the approximate loss of W_E = W_p^T, W_D = W_r under ReLU. */
  readonly total: number;
  /** total over the loss of the zero output. */
  readonly relative: number;
  /** M: largest <w_p^i, w_p^j> of two features, signed; 0 for a single feature. */
  readonly maxSigned: number;
  /** The paper's bound n^2 M^2 sum_d M_d. */
  readonly paperBound: number;
  /** Remarks. */
  readonly warnings: readonly string[];
}

/**
 * The approximate loss of the tied solution W_E = W_p^T, W_D = W_r under ReLU, feature by feature.
 *
 * Paper Theorem 3.3 calls it a near-zero global minimum. It is no global minimum: on benchmark-like features at n = 1000 the loss is
 * about that of the zero output. For unit w_p it is exactly sum_d M_d ||sum_{k != d} (<w_p^k, w_p^d>)_+ w_r^k||^2. The paper's
 * bound also uses ||w_r^k|| = 1, and fails for pure TopK, which keeps negative values.
 *
 * Cost O(n^2 (nP + nR)).
 *
 * @throws RangeError where sizes do not fit, a number is not finite or a weight is negative
 */
export function tiedInterference({ featuresP, featuresR, weights }: TiedInterferenceInput): TiedInterference {
  checkMatrix("tiedInterference", "featuresP", featuresP);
  checkMatrix("tiedInterference", "featuresR", featuresR, { rows: featuresP.rows });
  checkWeights("tiedInterference", weights, featuresP.rows);
  const sigma = { kind: "relu" } as const;
  const tied = { encoder: featuresP, decoder: featuresR, featuresP, featuresR, weights, sigma };
  const { perFeature, total, relative } = approximateLossCore({ ...tied, gradients: false });
  const n = featuresP.rows;
  const products = gram(featuresP);
  let maxSigned = n > 1 ? Number.NEGATIVE_INFINITY : 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) maxSigned = Math.max(maxSigned, products.data[i * n + j] as number);
  }
  let weight = 0;
  for (let d = 0; d < n; d++) weight += weights[d] as number;
  return {
    ...{ perFeature, total, relative, maxSigned },
    paperBound: n * n * maxSigned * maxSigned * weight,
    warnings: [
      ...(hasUnitRows(featuresP) ? [] : ["featuresP does not have unit rows: a feature's own code is not 1"]),
      ...(hasUnitRows(featuresR) ? [] : ["featuresR does not have unit rows, which the paper's bound assumes"]),
    ],
  };
}

function hasUnitRows(mat: Mat): boolean {
  return Array.from({ length: mat.rows }, (_, d) => norm(row(mat, d))).every((length) => Math.abs(length - 1) <= 1e-9);
}
