import { leastSquares, type Mat } from "@monosema/numerics";

/** The decoder of least weighted loss for fixed codes, of minimum norm, `[nQ, nR]`. */
export function bestDecoder(codes: Mat, featuresR: Mat, weights: ArrayLike<number>): Mat {
  return leastSquares(weighted(codes, weights), weighted(featuresR, weights)).x;
}

/** Rows times the roots of their weights. */
function weighted(mat: Mat, weights: ArrayLike<number>): Mat {
  return { ...mat, data: mat.data.map((value, at) => value * Math.sqrt(weights[Math.floor(at / mat.cols)] as number)) };
}
