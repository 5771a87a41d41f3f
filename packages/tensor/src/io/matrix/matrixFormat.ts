import type { ByteSource } from "../byteSource.js";
import type { Dtype, StoredTensor } from "../dtype.js";

/** A kind of file that holds arrays: one file of this folder, one line of the list. */
export interface MatrixFormat {
  /** Name with its article, such as `an npy file`. */
  readonly name: string;
  /** Whether a file is of this kind, by its first nine bytes and what its directory lists. */
  detects(start: Uint8Array, source: ByteSource): boolean | Promise<boolean>;
  /** Opens it; FormatError where it is not what the kind must be. */
  open(source: ByteSource): Promise<NamedArrays>;
}

/** The arrays of a file. */
export interface NamedArrays {
  /** Their names; the empty one where the file holds a single array without a name. */
  readonly names: readonly string[];
  /** One of them; FormatError `tensor-not-found`. */
  open(name: string): ArrayRows | Promise<ArrayRows>;
}

/** An array that can be read by rows. */
export interface ArrayRows {
  /** Element type. */
  readonly dtype: Dtype;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Rows `start` to `start + count - 1` along the first axis. */
  readRows(start: number, count: number): Promise<StoredTensor>;
}
