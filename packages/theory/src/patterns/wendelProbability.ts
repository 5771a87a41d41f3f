import { checkWhole } from "@monosema/numerics";

/**
 * Probability that a feature lies outside the cone of the n - 1 others when all are independent draws from a symmetric distribution
 * without atoms on hyperplanes: 2^(1-n) sum_{k < nP} C(n - 1, k) (Wendel 1962). It is 1/2 at n = 2 nP, and rounds to 1 at n = 1000,
 * nP = 768: there random features have a monosemantic ReLU encoder of zero approximate loss, which paper Theorem 3.3 misses.
 *
 * @param n - number of features, at least 1
 * @param nP - input dimension, at least 1
 * @throws RangeError for sizes that are not whole or too small
 */
export function wendelProbability(n: number, nP: number): number {
  checkWhole("wendelProbability", "n", n, 1);
  checkWhole("wendelProbability", "nP", nP, 1);
  if (nP >= n) return 1;
  const tail = (terms: number): number => {
    let logTerm = (1 - n) * Math.LN2; // of 2^(1-n) C(n - 1, k)
    let sum = 0;
    for (let k = 0; k < terms; k++) {
      sum += Math.exp(logTerm);
      logTerm += Math.log((n - 1 - k) / (k + 1));
    }
    return sum;
  };
  return 2 * nP <= n ? tail(nP) : 1 - tail(n - nP);
}
