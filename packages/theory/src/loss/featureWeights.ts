import { checkMatrix, checkRange, checkVector, type Mat } from "@monosema/numerics";
import { activeCounts } from "./activeCounts.js";

/** Moments of independent non-negative coefficients. */
export interface FeatureMoments {
  /** p_d = Pr(x_d > 0), `[n]`. */
  readonly p: ArrayLike<number>;
  /** E[x_d | x_d > 0], `[n]`; only checked against `m2`. */
  readonly m1?: ArrayLike<number>;
  /** E[x_d^2 | x_d > 0], `[n]`. */
  readonly m2: ArrayLike<number>;
}

/** Weights of the features in the approximate loss. */
export interface FeatureWeights {
  /** M_d, `[n]`. */
  readonly weights: Float64Array;
  /** Pr(no feature active). */
  readonly pNone: number;
  /** Expected number of active features. */
  readonly expectedActive: number;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Weights M_d = p_d E[x_d^2 | x_d > 0] prod_{j != d} (1 - p_j) of independent features: the energy of a feature that is active
 * alone.
 *
 * Eq. 11 of arXiv 2512.05534 does not hold as printed: its event x = x_d e_d contains x = 0, which makes the weight too large by
 * 1 / (1 - S). This is the corrected weight. Cost O(n).
 *
 * @throws RangeError where lengths differ, a number is not finite, or a probability or moment is out of range
 */
export function featureWeights({ p, m1, m2 }: FeatureMoments): FeatureWeights {
  const n = p.length;
  checkVector("featureWeights", "p", p, n);
  checkRange("featureWeights", "p", p, 0, 1);
  checkVector("featureWeights", "m2", m2, n);
  checkRange("featureWeights", "m2", m2, 0);
  if (m1 !== undefined) checkVector("featureWeights", "m1", m1, n);
  const { others, all } = activeCounts(p);
  const weights = Float64Array.from(others, ({ none }, d) => (p[d] as number) * (m2[d] as number) * none);
  const impossible = m1 === undefined ? [] : impossibleMoments(m1, m2);
  let expectedActive = 0;
  for (let d = 0; d < n; d++) expectedActive += p[d] as number;
  return { weights, pNone: all.none, expectedActive, warnings: [...impossible, ...zeroWeights(weights)] };
}

/**
 * Weights measured on samples, without assuming independence: the mean over all samples of x_d^2 where only d is active. Cost
 * O(samples n). See {@link featureWeights} for the statement of the paper.
 *
 * @param x - coefficients, `[samples, n]`, at least 0
 * @throws RangeError where a number is negative or not finite, or no sample is given
 */
export function featureWeightsFromSamples(x: Mat): FeatureWeights {
  checkMatrix("featureWeightsFromSamples", "x", x);
  checkRange("featureWeightsFromSamples", "x", x.data, 0);
  if (x.rows === 0) throw new RangeError("featureWeightsFromSamples: x must have a sample, got 0; pass one per row");
  const { rows, cols, data } = x;
  const weights = new Float64Array(cols);
  let none = 0;
  let active = 0;
  for (let sample = 0; sample < rows; sample++) {
    let count = 0;
    let last = -1;
    for (let d = 0; d < cols; d++) {
      if ((data[sample * cols + d] as number) > 0) {
        count++;
        last = d;
      }
    }
    active += count;
    if (count === 0) none++;
    if (count === 1) weights[last] = (weights[last] as number) + (data[sample * cols + last] as number) ** 2;
  }
  for (let d = 0; d < cols; d++) weights[d] = (weights[d] as number) / rows;
  return { weights, pNone: none / rows, expectedActive: active / rows, warnings: zeroWeights(weights) };
}

function zeroWeights(weights: Float64Array): string[] {
  const never = [...weights.keys()].filter((d) => weights[d] === 0);
  if (never.length === 0) return [];
  const which = `${never.slice(0, 5).join(", ")}${never.length > 5 ? ", ..." : ""}`;
  return [
    `${never.length} of ${weights.length} features are never active alone (${which}): their weight is 0 and the approximate loss does not see them, as for the parents of a hierarchy`,
  ];
}

function impossibleMoments(m1: ArrayLike<number>, m2: ArrayLike<number>): string[] {
  for (let d = 0; d < m2.length; d++) {
    if ((m1[d] as number) ** 2 > (m2[d] as number) * (1 + 1e-12)) {
      return [`m1^2 exceeds m2 at feature ${d}: no distribution has these moments`];
    }
  }
  return [];
}
