import { checkWhole } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";

/** F_i: the features that switch on each latent. */
export type LatentSets = readonly (readonly number[])[];

/** The mask of a pattern, `[n, nQ]`. */
export function maskOfPattern(pattern: LatentSets, features: number): Mask {
  const mask: Mask = { rows: features, cols: pattern.length, data: new Uint8Array(features * pattern.length) };
  pattern.forEach((set, i) => {
    for (const d of set) mask.data[d * mask.cols + i] = 1;
  });
  return mask;
}

/** RangeError for a feature that does not exist or is listed twice. */
export function checkPattern(caller: string, pattern: LatentSets, features: number): void {
  pattern.forEach((set, i) => {
    const listed = new Set<number>();
    for (const d of set) {
      checkWhole(caller, `pattern[${i}]`, d, 0, features - 1);
      if (listed.has(d)) {
        throw new RangeError(`${caller}: pattern[${i}] must list a feature once, got ${d} twice; remove one`);
      }
      listed.add(d);
    }
  });
}
