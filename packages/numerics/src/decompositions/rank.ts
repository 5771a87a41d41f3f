import type { Mat } from "../matrices/mat.js";
import { singularValues } from "./svd.js";

/** A numerical rank and how clear it is. */
export interface Rank {
  /** Singular values above the cut. */
  readonly rank: number;
  /** Rank at ten times the tolerance. */
  readonly low: number;
  /** Rank at a tenth of the tolerance. */
  readonly high: number;
  /** Last singular value above the cut over the first below it; Infinity where there is none below or it is 0. */
  readonly gap: number;
  /** True where `low`, `rank` and `high` agree and the gap is at least 10. */
  readonly certified: boolean;
}

/** Relative rank tolerance for an `[rows, cols]` matrix of float64 numbers: max(1e-10, max(rows, cols) 2^-52). */
export function rankTolerance({ rows, cols }: Mat): number {
  return Math.max(1e-10, Math.max(rows, cols) * 2 ** -52);
}

/**
 * Numerical rank from the singular values: those above `tolerance` times the largest. Cost O(rows cols min(rows, cols)).
 *
 * @param tolerance - relative; default that of {@link rankTolerance}; use 1e-5 for matrices trained in float32
 */
export function rank(mat: Mat, tolerance: number = rankTolerance(mat)): Rank {
  return rankOf(singularValues(mat), tolerance);
}

/**
 * Numerical rank from singular values.
 *
 * @param s - descending
 * @param reference - what the tolerance is relative to; default the largest singular value
 */
export function rankOf(s: Float64Array, tolerance: number, reference: number = s[0] ?? 0): Rank {
  const above = (factor: number): number => s.filter((value) => value > factor * tolerance * reference).length;
  const count = above(1);
  const low = above(10);
  const high = above(0.1);
  const below = s[count] ?? 0;
  const gap = below > 0 ? (s[count - 1] ?? reference) / below : Number.POSITIVE_INFINITY;
  return { rank: count, low, high, gap, certified: low === high && gap >= 10 };
}
