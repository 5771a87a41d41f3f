import type { LatentPair } from "../subject/decoderPairs.js";

/** Of each pair with one direction the latent that fires less, and the one that it repeats; silent ones repeat nothing. */
export function duplicateOf(pairs: readonly LatentPair[], rates: Float64Array): ReadonlyMap<number, number> {
  const copies = new Map<number, number>();
  for (const { first, second } of pairs) {
    const [a, b] = [rates[first] as number, rates[second] as number];
    if (a === 0 || b === 0) continue;
    const [kept, copy] = a < b ? [second, first] : [first, second];
    if (!copies.has(copy)) copies.set(copy, kept);
  }
  return copies;
}
