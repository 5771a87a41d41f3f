import { checkWhole } from "@monosema/numerics";

/**
 * Dimensions in which the codes of an exact-loss solution with nQ = n stay free after k latents are anchored: (n - k)(n - k - 1).
 *
 * Section 4 of arXiv 2512.05534 says that anchoring restores identifiability. On the exact loss with nQ = n <= nP it leaves this many
 * directions, none only from k = n - 1 on; with many more latents than features it removes a small share of them.
 *
 * @param n - features, all of them with a latent
 * @param k - anchored latents, 0 to n
 * @throws RangeError where a count is out of range
 */
export function anchoredCodeDim(n: number, k: number): number {
  checkWhole("anchoredCodeDim", "n", n, 1);
  checkWhole("anchoredCodeDim", "k", k, 0, n);
  return k >= n - 1 ? 0 : (n - k) * (n - k - 1);
}
