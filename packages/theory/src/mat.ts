/** A dense float64 matrix, row-major. */
export interface Mat {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly cols: number;
  /** `rows * cols` numbers. */
  readonly data: Float64Array;
}

/** RangeError unless the sizes of a matrix fit its data. */
export function checkMat(caller: string, name: string, { rows, cols, data }: Mat): void {
  if (
    !Number.isSafeInteger(rows) ||
    !Number.isSafeInteger(cols) ||
    rows < 0 ||
    cols < 0 ||
    data.length !== rows * cols
  ) {
    throw new RangeError(
      `${caller}: ${name} must have rows * cols numbers, got ${rows} x ${cols} and ${data.length}; fit them`,
    );
  }
}

/** The columns of a matrix, each contiguous. */
export function columnsOf({ rows, cols, data }: Mat): Float64Array[] {
  const columns = Array.from({ length: cols }, () => new Float64Array(rows));
  columns.forEach((column, j) => {
    for (let i = 0; i < rows; i++) column[i] = data[i * cols + j] as number;
  });
  return columns;
}

/** RangeError that names the first number that is not finite. */
export function checkNumbers(caller: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(`${caller}: ${name} must be finite, got ${values[i]} at index ${i}; clean the data`);
    }
  }
}
