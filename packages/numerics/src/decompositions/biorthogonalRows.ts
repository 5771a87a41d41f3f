import { type Mat, transpose } from "../matrices/mat.js";
import { inverseOf } from "./leastSquares.js";
import { rankOf, rankTolerance } from "./rank.js";
import { svd } from "./svd.js";

/** Rows that are biorthogonal to a set of rows. */
export interface BiorthogonalRows {
  /** Row d gives 1 on row d of the matrix and 0 on the others: the transposed pseudo-inverse, `[rows, cols]`; null for dependent rows. */
  readonly rows: Mat | null;
  /** Rank of the matrix, at most `cols`. */
  readonly rank: number;
}

/** The rows that are biorthogonal to the rows of a matrix, where these are independent (dual basis; Golub & Van Loan, 5.5). */
export function biorthogonalRows(mat: Mat): BiorthogonalRows {
  if (mat.rows > mat.cols) return { rows: null, rank: mat.cols };
  const decomposition = svd(mat);
  const { rank } = rankOf(decomposition.s, rankTolerance(mat));
  return { rows: rank === mat.rows ? transpose(inverseOf(decomposition, rank)) : null, rank };
}
