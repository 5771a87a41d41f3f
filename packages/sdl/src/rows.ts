/** Samples by row; a MatrixSource of the tensor package is one. */
export interface Rows {
  /** Samples N. */
  readonly rows: number;
  /** Width. */
  readonly columns: number;
  /** Rows that are best read together; absent where any single row is as quick, as in memory. */
  readonly block?: number;
  /** Rows `start` to `start + count - 1` `[count, columns]`; may be a view that must not be written to. */
  readonly readRows: (start: number, count: number) => Float32Array | Promise<Float32Array>;
}

/** Rows that lie in memory, `[N, columns]` row-major. */
export function arrayRows(values: Float32Array, columns: number): Rows {
  if (!Number.isInteger(columns) || columns < 1 || values.length % columns !== 0) {
    throw new RangeError(
      `arrayRows: needs whole rows of ${columns} columns, got ${values.length} numbers; give the right width`,
    );
  }
  const rows = values.length / columns;
  return { rows, columns, readRows: (start, count) => values.subarray(start * columns, (start + count) * columns) };
}

/** Reads all rows into memory when they take at most `limit` bytes (default 1 GiB); else gives the source back. */
export async function inMemory(source: Rows, limit: number = 2 ** 30): Promise<Rows> {
  if (source.rows * source.columns * 4 > limit) return source;
  return arrayRows((await source.readRows(0, source.rows)).slice(), source.columns);
}
