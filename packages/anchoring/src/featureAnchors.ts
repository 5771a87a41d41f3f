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
  const input = rowsOf(rows, n, chosen);
  const target = targetFeatures === undefined || targetFeatures === rows ? input : rowsOf(targetFeatures, n, chosen);
  return { kind, count: chosen.length, input, target, features: chosen };
}

/** The rows of some features, `[K, width]`. */
function rowsOf(rows: Float64Array | Float32Array, n: number, features: Int32Array): Float32Array {
  const width = rows.length / n;
  const out = new Float32Array(features.length * width);
  features.forEach((feature, i) => {
    out.set(rows.subarray(feature * width, (feature + 1) * width), i * width);
  });
  return out;
}
