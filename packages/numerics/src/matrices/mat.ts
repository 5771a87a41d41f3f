import { gatherRows } from "./gatherRows.js";

/** A dense float64 matrix, row-major, one row per item (latent, feature or sample). */
export interface Mat {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly cols: number;
  /** `rows * cols` numbers. */
  readonly data: Float64Array;
}

/**
 * A matrix from its rows, copied.
 *
 * @param rows - equally long
 * @param cols - number of columns where there are no rows; default 0
 * @throws RangeError where rows differ in length
 */
export function matFrom(rows: readonly ArrayLike<number>[], cols: number = rows[0]?.length ?? 0): Mat {
  const data = new Float64Array(rows.length * cols);
  rows.forEach((values, i) => {
    if (values.length !== cols) {
      throw new RangeError(`matFrom: rows must have ${cols} numbers, got ${values.length} in row ${i}; fit the rows`);
    }
    data.set(values, i * cols);
  });
  return { rows: rows.length, cols, data };
}

/** A matrix of zeros, `[rows, cols]`. */
export function zeros(rows: number, cols: number): Mat {
  return { rows, cols, data: new Float64Array(rows * cols) };
}

/** Row i of a matrix, `[cols]`: a view, not a copy. */
export function row({ cols, data }: Mat, i: number): Float64Array {
  return data.subarray(i * cols, (i + 1) * cols);
}

/** The transpose of a matrix, copied in blocks that stay in cache. */
export function transpose({ rows, cols, data }: Mat): Mat {
  const result = zeros(cols, rows);
  const block = 64;
  for (let start = 0; start < rows; start += block) {
    const end = Math.min(start + block, rows);
    for (let j = 0; j < cols; j++) {
      for (let i = start; i < end; i++) result.data[j * rows + i] = data[i * cols + j] as number;
    }
  }
  return result;
}

/** Chosen rows of a matrix, copied in the order given. */
export function takeRows(mat: Mat, indices: ArrayLike<number>): Mat {
  return { rows: indices.length, cols: mat.cols, data: gatherRows(mat.data, mat.cols, indices) };
}

/** The columns of a matrix, each contiguous. */
export function columnsOf(mat: Mat): Float64Array[] {
  const transposed = transpose(mat);
  return Array.from({ length: mat.cols }, (_, j) => row(transposed, j));
}
