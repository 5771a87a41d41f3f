import type { SparseRows } from "@monosema/tensor";

/**
 * Mean over samples of the Jaccard index of two supports, |A and B| / |A or B|; samples where both are empty do not count. Null where all
 * are.
 */
export function supportJaccard(a: SparseRows, b: SparseRows): number | null {
  let [total, counted] = [0, 0];
  for (let sample = 0; sample + 1 < a.offsets.length; sample++) {
    const [own, other] = [support(a, sample), support(b, sample)];
    const all = supportUnion(own, other).length;
    if (all === 0) continue;
    total += (own.length + other.length - all) / all;
    counted++;
  }
  return counted === 0 ? null : total / counted;
}

/** Active latents of a sample, ascending. */
export const support = ({ offsets, latents }: SparseRows, sample: number): Int32Array =>
  latents.subarray(offsets[sample], offsets[sample + 1]);

/** Latents of either support, ascending. */
export const supportUnion = (a: Int32Array, b: Int32Array): Int32Array => Int32Array.from(new Set([...a, ...b])).sort();
