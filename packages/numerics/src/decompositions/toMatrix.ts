import { Matrix } from "ml-matrix";
import { type Mat, zeros } from "../matrices/mat.js";

/** A copy for ml-matrix. */
export function toMatrix({ rows, cols, data }: Mat): Matrix {
  const rowsOf = Array.from({ length: rows }, (_, i) => data.subarray(i * cols, (i + 1) * cols));
  return new Matrix(rowsOf.map((values) => Array.from(values)));
}

/** A copy of a matrix of ml-matrix. */
export function fromMatrix(matrix: Matrix): Mat {
  const result = zeros(matrix.rows, matrix.columns);
  for (let i = 0; i < matrix.rows; i++) result.data.set(matrix.getRow(i), i * matrix.columns);
  return result;
}
