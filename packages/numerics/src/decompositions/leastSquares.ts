import type { Mat } from "../matrices/mat.js";
import { multiply } from "../matrices/multiply.js";
import { type Rank, rankOf, rankTolerance } from "./rank.js";
import { type Svd, svd } from "./svd.js";

/** A least-squares solution of minimum norm. */
export interface LeastSquares {
  /** X, `[A.cols, B.cols]`. */
  readonly x: Mat;
  /** B - A X, `[A.rows, B.cols]`. */
  readonly residual: Mat;
  /** Rank of A. */
  readonly rank: Rank;
  /** Decomposition of A. */
  readonly svd: Svd;
}

/**
 * Minimises ||A X - B|| and, among the minimisers, ||X||, by the singular value decomposition.
 *
 * @param tolerance - rank cut of A, relative; default that of float64
 */
export function leastSquares(a: Mat, b: Mat, tolerance: number = rankTolerance(a)): LeastSquares {
  const decomposition = svd(a);
  const rank = rankOf(decomposition.s, tolerance);
  const coordinates = multiply(decomposition.u, b, { transposeA: true }); // [p, B.cols]
  for (let k = 0; k < coordinates.rows; k++) {
    const factor = k < rank.rank ? 1 / (decomposition.s[k] as number) : 0;
    for (let at = k * b.cols; at < (k + 1) * b.cols; at++) {
      coordinates.data[at] = factor * (coordinates.data[at] as number);
    }
  }
  const x = multiply(decomposition.v, coordinates);
  const image = multiply(a, x);
  const residual: Mat = { ...b, data: b.data.map((value, at) => value - (image.data[at] as number)) };
  return { x, residual, rank, svd: decomposition };
}

/** The pseudo-inverse A^+, `[cols, rows]`; singular values below the rank cut count as 0. */
export function pseudoInverse(a: Mat, tolerance: number = rankTolerance(a)): Mat {
  const decomposition = svd(a);
  return inverseOf(decomposition, rankOf(decomposition.s, tolerance).rank);
}

/** The pseudo-inverse of a decomposed matrix, of its first `rank` singular values. */
export function inverseOf({ u, s, v }: Svd, rank: number): Mat {
  const scaled: Mat = {
    ...v,
    data: v.data.map((value, at) => (at % v.cols < rank ? value / (s[at % v.cols] as number) : 0)),
  };
  return multiply(scaled, u, { transposeB: true });
}
