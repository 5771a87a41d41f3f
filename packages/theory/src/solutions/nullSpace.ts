import { type Mat, rankTolerance, svd, zeros } from "@monosema/numerics";

/**
 * Orthonormal basis of {v : A v = 0}, a row per basis vector, `[cols - rank, cols]`.
 *
 * @param rank - rank of A; default by the usual cut
 */
export function nullSpace(a: Mat, rank?: number): Mat {
  const square = Math.max(a.rows, a.cols);
  const padded = zeros(square, a.cols); // zero rows, so that v is complete
  padded.data.set(a.data);
  const { s, v } = svd(padded);
  const cut = rankTolerance(a) * (s[0] ?? 0);
  const from = rank ?? s.filter((value) => value > cut).length;
  const basis = zeros(a.cols - from, a.cols);
  for (let k = 0; k < basis.rows; k++) {
    for (let j = 0; j < a.cols; j++) basis.data[k * a.cols + j] = v.data[j * v.cols + from + k] as number;
  }
  return basis;
}
