import { random } from "@monosema/tensor";
import type { AnchorSet, TrueFeatures } from "./anchors.js";
import { featureAnchors } from "./featureAnchors.js";

/**
 * Anchors from a random subset of the true features (paper eq. 22).
 *
 * @param count - K, at most N
 * @param seed - of the subset
 * @throws RangeError when there are fewer than `count` features
 */
export function truthAnchors(truth: TrueFeatures, count: number, seed: number): AnchorSet {
  const { n } = truth;
  if (!(Number.isInteger(count) && count >= 1 && count <= n)) {
    throw new RangeError(
      `truthAnchors: count must be a whole number from 1 to n = ${n}, got ${count}; anchor fewer features`,
    );
  }
  return featureAnchors(truth, random(seed, "anchors").permutation(n).slice(0, count).sort(), "truth");
}
