import { checkMatrix, checkRange, checkWeights, type Mat } from "@monosema/numerics";
import type { FoldedModel } from "./foldDictionary.js";

/** True directions, relative to the biases of the decoder. */
export interface AuditFeatures {
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`; default `featuresP`. */
  readonly featuresR?: Mat;
  /** Weight M_d of each feature alone, not negative, `[n]`; default 1/n each. */
  readonly weights?: ArrayLike<number>;
  /** Coefficients of samples, `[samples, n]`, at least 0, which show hierarchies; default none. */
  readonly coefficients?: Mat;
}

/** Checked features. */
export interface CheckedFeatures {
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** `[n]`. */
  readonly weights: ArrayLike<number>;
  /** `[samples, n]`. */
  readonly coefficients: Mat | null;
}

/**
 * Checks features against a model.
 *
 * @throws RangeError where shapes do not fit, a number is not finite, or a weight or coefficient is negative
 */
export function checkFeatures(features: AuditFeatures, { inputs, decoder }: FoldedModel): CheckedFeatures {
  const caller = "auditDictionary";
  const { featuresP, featuresR = featuresP, coefficients } = features;
  const n = featuresP.rows;
  checkMatrix(caller, "featuresP", featuresP, { cols: inputs });
  checkMatrix(caller, "featuresR", featuresR, { rows: n, cols: decoder.cols });
  if (n === 0) throw new RangeError(`${caller}: featuresP must have a row, got 0; leave features out`);
  const weights = features.weights ?? new Float64Array(n).fill(1 / n);
  checkWeights(caller, weights, n);
  if (coefficients !== undefined) {
    checkMatrix(caller, "coefficients", coefficients, { cols: n });
    checkRange(caller, "coefficients", coefficients.data, 0);
  }
  return { featuresP, featuresR, weights, coefficients: coefficients ?? null };
}
