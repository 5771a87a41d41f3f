import { type Mat, multiply, norm, row } from "@monosema/numerics";
import { checkModel } from "../checkModel.js";
import { isolatedCodesCore } from "../codes/isolatedCodes.js";
import type { Sigma } from "../sigma.js";

/** A model and its features. */
export interface ZeroLossCheckInput {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Activation. */
  readonly sigma: Sigma;
  /** Largest ||r_d|| / ||w_r^d|| that counts as zero; default 1e-8, use 1e-4 for models trained in float32. */
  readonly tol?: number;
}

/** Whether every feature is reproduced. */
export interface ZeroLossCheck {
  /** True where the approximate loss is zero within the tolerance, whatever the weights. */
  readonly zero: boolean;
  /** Largest ||r_d|| / ||w_r^d||; for w_r^d = 0 relative to the longest w_r. */
  readonly maxRelResidual: number;
  /** Feature that attains it; -1 without features. */
  readonly worst: number;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Tells whether w_r^d = W_D sigma(W_E w_p^d) for every feature.
 *
 * Theorem 3.4 of arXiv 2512.05534 (approximate loss 0 if and only if this holds) is right where all weights M_d are positive; a
 * feature that is never active alone has weight 0 and is not constrained. Cost O(n nQ (nP + nR)).
 *
 * @throws RangeError where shapes do not fit or a number is not finite
 */
export function zeroLossCheck(input: ZeroLossCheckInput): ZeroLossCheck {
  const { tol = 1e-8 } = input;
  checkModel("zeroLossCheck", input);
  if (!(tol >= 0)) throw new RangeError(`zeroLossCheck: tol must be at least 0, got ${tol}; pass a relative residual`);
  return zeroLossCheckCore(input);
}

/** {@link zeroLossCheck} of input that was checked. */
export function zeroLossCheckCore(input: ZeroLossCheckInput): ZeroLossCheck {
  const { decoder, featuresR, tol = 1e-8 } = input;
  const { codes, warnings } = isolatedCodesCore(input);
  const output = multiply(codes, decoder);
  const lengths = Float64Array.from({ length: featuresR.rows }, (_, d) => norm(row(featuresR, d)));
  const longest = lengths.reduce((most, value) => Math.max(most, value), 0);
  const zeroRows = lengths.filter((value) => value === 0).length;

  let maxRelResidual = 0;
  let worst = featuresR.rows === 0 ? -1 : 0;
  lengths.forEach((length, d) => {
    const target = row(featuresR, d);
    const residual = norm(row(output, d).map((value, k) => value - (target[k] as number)));
    const scale = length > 0 ? length : longest;
    const relative = residual === 0 ? 0 : residual / scale;
    if (relative > maxRelResidual) {
      maxRelResidual = relative;
      worst = d;
    }
  });
  return {
    zero: maxRelResidual <= tol,
    maxRelResidual,
    worst,
    warnings:
      zeroRows === 0
        ? warnings
        : [...warnings, `${zeroRows} target directions are zero: compared with the longest one`],
  };
}
