import { type GeometricGaps, geometricGaps } from "./geometricGaps.js";

/** Features that share one bound on their firing probability, so that candidates are found by geometric gaps. */
export interface SkipGroup {
  /** First position of the group. */
  readonly start: number;
  /** Position after the last. */
  readonly end: number;
  /** Probability with which each position is a candidate. */
  readonly bound: number;
  /** The next candidate after a position. */
  readonly next: GeometricGaps;
}

/** Features in the order of their groups. */
export interface SkipGroups {
  /** Feature at each position. */
  readonly features: Int32Array;
  /** Groups, one after the other. */
  readonly groups: readonly SkipGroup[];
}

const RATIO = 1.5;

/**
 * Groups features whose bounds differ by a factor below 1.5; the largest is the bound of the group.
 *
 * @param bounds - `[n]`; features with bound 0 take no part
 */
export function skipGroups(bounds: Float64Array): SkipGroups {
  const features = Int32Array.from(bounds.keys()).filter((i) => (bounds[i] as number) > 0);
  features.sort((a, b) => (bounds[b] as number) - (bounds[a] as number) || a - b);
  const groups: SkipGroup[] = [];
  let start = 0;
  while (start < features.length) {
    const bound = bounds[features[start] as number] as number;
    let end = start + 1;
    while (end < features.length && (bounds[features[end] as number] as number) * RATIO > bound) end++;
    groups.push({ start, end, bound, next: geometricGaps(bound, end - start) });
    start = end;
  }
  return { features, groups };
}
