import { gatherRows } from "@monosema/numerics";
import type { AnchorSet, TrueFeatures } from "./anchors.js";

/**
 * Anchors that are known features, such as the ones that fire most often.
 *
 * @param features - which; anchor i, of latent i, is the i-th of them
 * @param kind - how they were chosen
 * @throws RangeError for no features, an index out of range or one that comes twice
 */
export function featureAnchors(
  { n, features: rows, targetFeatures }: TrueFeatures,
  features: ArrayLike<number>,
  kind: AnchorSet["kind"],
): AnchorSet {
  const chosen = Int32Array.from(features);
  const wrong = chosen.find((feature, i) => !(feature >= 0 && feature < n) || chosen.indexOf(feature) !== i);
  if (chosen.length === 0 || wrong !== undefined) {
    throw new RangeError(
      `featureAnchors: needs different features from 0 to ${n - 1}, got ${wrong === undefined ? "none" : `${wrong}`}; pass each index once`,
    );
  }
  const take = (all: typeof rows): Float32Array => Float32Array.from(gatherRows(all, all.length / n, chosen));
  const input = take(rows);
  const target = targetFeatures === undefined || targetFeatures === rows ? input : take(targetFeatures);
  return { kind, count: chosen.length, input, target, features: chosen };
}
