import type { Mat } from "@monosema/numerics";

/** A child feature with the parent that it may absorb. */
export interface FeaturePair {
  /** The general feature. */
  readonly parent: number;
  /** The feature that may absorb it. */
  readonly child: number;
}

/** Share of the samples of a child that have its parent. */
const IMPLIES = 0.95;
/** Share of the samples of a parent that have a child, at most: beyond it both are one feature. */
const PROPER = 0.9;
/** Fewest samples of a child. */
const FEWEST = 10;
/** Most features. */
const MOST = 4000;

/** Pairs in which the child is on only where the parent is, and the parent also without it, most frequent children first. */
export function impliedPairs({ rows, cols: n, data }: Mat): FeaturePair[] {
  if (n > MOST) return [];
  const counts = new Float64Array(n);
  const together = new Uint32Array(n * n);
  for (let sample = 0; sample < rows; sample++) {
    const active: number[] = [];
    for (let d = 0; d < n; d++) if ((data[sample * n + d] as number) > 0) active.push(d);
    for (const d of active) {
      counts[d] = (counts[d] as number) + 1;
      for (const e of active) together[d * n + e] = (together[d * n + e] as number) + 1;
    }
  }
  const found: FeaturePair[] = [];
  for (let child = 0; child < n; child++) {
    const own = counts[child] as number;
    if (own < FEWEST) continue;
    for (let parent = 0; parent < n; parent++) {
      const shared = together[child * n + parent] as number;
      if (parent === child || shared < IMPLIES * own || shared > PROPER * (counts[parent] as number)) continue;
      found.push({ parent, child });
    }
  }
  return found.sort((a, b) => (counts[b.child] as number) - (counts[a.child] as number));
}
