/** The inner loops of the data on one block of memory; addresses are bytes, multiples of the size of what lies there. */
export interface Kernels {
  /** The memory. */
  readonly buffer: ArrayBuffer;
  /** float64 `[2 blocks]` at `out`: the numbers 2 first.. of the stream with these key words, uniform in [0, 1). */
  uniforms(
    key0: number,
    key1: number,
    prefix0: number,
    prefix1: number,
    first: number,
    blocks: number,
    out: number,
  ): void;
  /**
   * int32 `[columns]` at `sums`: products of the factor, int16 `[pairs, columns, 2]`, with the common numbers, int16 `[pairs, 2]`;
   * uint32 at `list`: the columns whose product is above its limit, int32 `[columns]`, ascending. Columns are a multiple of 16.
   *
   * @returns the length of the list
   */
  integerProducts(
    factor: number,
    columns: number,
    pairs: number,
    common: number,
    limits: number,
    sums: number,
    list: number,
  ): number;
  /** float32 `[count]` at `out`: products of the rows `[count, width]` with the common numbers `[width]`, a multiple of 4. */
  rowProducts(rows: number, count: number, width: number, common: number, out: number): void;
  /** Adds values `[count]` times the rows indices `[count]` of features `[n, width]` to the row `[width]`, a multiple of 16. */
  addRows(row: number, width: number, features: number, indices: number, values: number, count: number): void;
  /**
   * c += a b for a `[rows, depth]` with entries `aRow` and `aStep` bytes apart, b `[depth, columns]` with rows `bStep` bytes apart, c
   * `[rows, columns]` with rows `cRow` bytes apart; each sum in the order of the depth. Rows are a multiple of 4, columns of 16.
   */
  multiplyAdd(
    c: number,
    cRow: number,
    rows: number,
    columns: number,
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bStep: number,
    depth: number,
  ): void;
}
