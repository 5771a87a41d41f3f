import { checkMatrix, checkRange, checkVector, type Mat, norm, row } from "@monosema/numerics";
import { isolatedCodesCore } from "../codes/isolatedCodes.js";
import { sigmaPropertiesCore } from "../codes/sigmaProperties.js";
import type { Sigma } from "../sigma.js";
import { activeCounts } from "./activeCounts.js";
import { pairTerm } from "./pairTerm.js";
import { spectralNorm } from "./spectralNorm.js";

/** A model, its features and the distribution of their coefficients. */
export interface LossApproximationBoundInput {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Pr(x_d > 0), `[n]`. */
  readonly p: ArrayLike<number>;
  /** E[x_d | x_d > 0], `[n]`. */
  readonly m1: ArrayLike<number>;
  /** E[x_d^2 | x_d > 0], `[n]`. */
  readonly m2: ArrayLike<number>;
  /** Activation; positively homogeneous. */
  readonly sigma: Sigma;
  /** Error of a feature at unit scale: the better of two bounds (`min`, default), or ||w_r^d|| + ||W_D|| ||W_E w_p^d|| (`operator`). */
  readonly gamma?: "min" | "operator";
  /** Smallest active coefficient of x_d = cMin + Exp(beta); with `beta` it adds the pair term. */
  readonly cMin?: number;
  /** Scale of the exponential. */
  readonly beta?: number;
}

/** Bounds on the exact loss L minus the approximate loss L~. */
export interface LossApproximationBound {
  /** L - L~ is never negative. */
  readonly lower: 0;
  /** Upper bound on L - L~. */
  readonly upper: number;
  /** Looser closed form 2 (n - 1) (1 - S)^2 sum_d gamma_d^2 m2_d, with 1 - S = max p. */
  readonly corollary: number;
  /** Upper bound on the part of L with three or more active features: L - L~ <= pairTerm + upper3. */
  readonly upper3: number;
  /** Bound on the error per unit of each feature, `[n]`. */
  readonly gamma: Float64Array;
  /** Exact part of L with two active features, where the distribution is given. */
  readonly pairTerm?: number;
  /** Assumptions that the numbers cannot show. */
  readonly warnings: readonly string[];
}

/**
 * Bounds how far the approximate loss is from the exact one.
 *
 * Paper Theorem 3.1 does not hold as stated: its constant is infinite for exponential coefficients, its weights are too large, and it
 * uses independence and homogeneity without assuming them. Corrected: for independent x_d, a positively homogeneous activation
 * without bias and finite second moments, 0 <= L - L~ <= upper <= corollary, the expectation of (sum_d gamma_d x_d)^2 over two or
 * more active features. Cost O(n^2 + n nQ nP), the pair term O(n^2 nQ nR) times 1600 nodes.
 *
 * @throws RangeError where shapes do not fit, a number is out of range, the activation is not homogeneous, or only one of `cMin`
 * and `beta` is given
 */
export function lossApproximationBound(input: LossApproximationBoundInput): LossApproximationBound {
  const { p, m1, m2, cMin, beta } = input;
  checkAll(input);
  const gamma = errorBounds(input);
  const n = gamma.length;
  const { others } = activeCounts(p);
  const logOff = Float64Array.from(p, (value) => Math.log1p(-value));
  const sumOff = logOff.reduce((sum, value) => sum + (value === Number.NEGATIVE_INFINITY ? 0 : value), 0);
  const certain = logOff.reduce((count, value) => count + (value === Number.NEGATIVE_INFINITY ? 1 : 0), 0);

  let upper = 0;
  let upper3 = 0;
  let moments = 0;
  for (let i = 0; i < n; i++) {
    const energy = (gamma[i] as number) ** 2 * (m2[i] as number);
    const { one, more } = others[i] as { one: number; more: number };
    moments += energy;
    upper += energy * (p[i] as number) * (one + more);
    upper3 += energy * (p[i] as number) * more;
    for (let j = 0; j < i; j++) {
      const cross = 2 * amplitude(i) * amplitude(j);
      upper += cross;
      upper3 += cross * anyOther(i, j);
    }
  }
  const densest = Array.from(p).reduce((most, value) => Math.max(most, value), 0);
  const result = { lower: 0, upper, corollary: 2 * (n - 1) * densest ** 2 * moments, upper3, gamma } as const;
  const warnings = ["independent coefficients are assumed: p, m1 and m2 cannot show dependence"];
  if (cMin === undefined || beta === undefined) return { ...result, warnings };
  return { ...result, pairTerm: pairTerm({ ...input, cMin, beta }), warnings };

  function amplitude(d: number): number {
    return (gamma[d] as number) * (p[d] as number) * (m1[d] as number);
  }
  /** Pr(some feature other than i and j is active). */
  function anyOther(i: number, j: number): number {
    const off = [logOff[i] as number, logOff[j] as number];
    const sure = off.filter((value) => value === Number.NEGATIVE_INFINITY).length;
    if (certain > sure) return 1;
    return -Math.expm1(off.reduce((sum, value) => sum - (value === Number.NEGATIVE_INFINITY ? 0 : value), sumOff));
  }
}

/** gamma_d >= ||w_r^d - W_D sigma(W_E x) / x_d|| for a feature's share of any x. */
function errorBounds(input: LossApproximationBoundInput): Float64Array {
  const { encoder, decoder, featuresP, featuresR, sigma, gamma = "min" } = input;
  const { pre } = isolatedCodesCore({ encoder, featuresP, sigma });
  const operator = spectralNorm(decoder);
  const rowNorms = Float64Array.from({ length: decoder.rows }, (_, i) => norm(row(decoder, i)));
  return Float64Array.from({ length: featuresP.rows }, (_, d) => {
    const values = row(pre, d);
    const byOperator = operator * norm(values);
    const byRows = values.reduce((sum, value, i) => sum + Math.abs(value) * (rowNorms[i] as number), 0);
    return norm(row(featuresR, d)) + (gamma === "min" ? Math.min(byOperator, byRows) : byOperator);
  });
}

function checkAll(input: LossApproximationBoundInput): void {
  const { encoder, decoder, featuresP, featuresR, p, m1, m2, sigma, cMin, beta } = input;
  const caller = "lossApproximationBound";
  const n = featuresP.rows;
  checkMatrix(caller, "featuresP", featuresP);
  checkMatrix(caller, "encoder", encoder, { cols: featuresP.cols });
  checkMatrix(caller, "featuresR", featuresR, { rows: n });
  checkMatrix(caller, "decoder", decoder, { rows: encoder.rows, cols: featuresR.cols });
  for (const [name, values, high] of [
    ["p", p, 1],
    ["m1", m1, Number.POSITIVE_INFINITY],
    ["m2", m2, Number.POSITIVE_INFINITY],
  ] as const) {
    checkVector(caller, name, values, n);
    checkRange(caller, name, values, 0, high);
  }
  if (!sigmaPropertiesCore(sigma).homogeneous) {
    throw new RangeError(
      `${caller}: sigma must be positively homogeneous, got ${sigma.kind} with a threshold, a bias or a batch; measure lossByActiveCount instead`,
    );
  }
  if ((cMin === undefined) !== (beta === undefined)) {
    throw new RangeError(`${caller}: cMin and beta must both be given, got cMin ${cMin} and beta ${beta}; pass both`);
  }
  if (cMin !== undefined && beta !== undefined) checkRange(caller, "cMin and beta", [cMin, beta], 0, Number.MAX_VALUE);
}
