import type { LatentCodes } from "./latentCodes.js";

/** What carries a latent: a token or a document, and its share of the summed magnitudes. */
export interface KeyShare {
  /** Token or document. */
  readonly key: number;
  /** Share, 0 to 1. */
  readonly share: number;
}

/**
 * The keys that carry the most of a latent, largest share first, ties by the lowest key.
 *
 * @param keys - of each sampled row
 */
export function sharesOf(
  { offsets, places, magnitudes }: LatentCodes,
  latent: number,
  keys: Int32Array,
  most: number,
): readonly KeyShare[] {
  const sums = new Map<number, number>();
  let total = 0;
  for (let i = offsets[latent] as number; i < (offsets[latent + 1] as number); i++) {
    const key = keys[places[i] as number] as number;
    const magnitude = magnitudes[i] as number;
    sums.set(key, (sums.get(key) ?? 0) + magnitude);
    total += magnitude;
  }
  return [...sums]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, most)
    .map(([key, sum]) => ({ key, share: sum / total }));
}
