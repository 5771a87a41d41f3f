import type { Dtype, StoredTensor } from "./dtype.js";

/** A tensor in a file, of which nothing but dtype and shape was read. */
export interface TensorReader {
  /** Element type in the file. */
  readonly dtype: Dtype;
  /** Sizes of the axes; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** The whole tensor, row-major however it lies in the file; a checksum is compared, where the file has one. */
  readTensor(): Promise<StoredTensor>;
  /**
   * Rows `start` to `start + count - 1` along the first axis; no checksum is compared. A tensor whose rows are scattered over the file -
   * column-major, or a transposed view - is read whole at the first call and kept.
   */
  readRows(start: number, count: number): Promise<StoredTensor>;
}
