import type { ByteSource } from "../byteSource.js";
import type { TensorReader } from "../tensorReader.js";

/** A kind of file that holds tensors: one file of this folder, one line of the list. */
export interface TensorFormat {
  /** Name with its article, such as `an npy file`. */
  readonly name: string;
  /** Whether a file is of this kind, by its first nine bytes and what its directory lists. */
  detects(start: Uint8Array, source: ByteSource): boolean | Promise<boolean>;
  /** Opens it; FormatError where it is not what the kind must be. */
  open(source: ByteSource): Promise<NamedTensorReaders>;
}

/** The tensors of a file. */
export interface NamedTensorReaders {
  /** Their names; the empty one where the file holds a single tensor without a name. */
  readonly names: readonly string[];
  /** One of them; FormatError `tensor-not-found`. */
  open(name: string): TensorReader | Promise<TensorReader>;
}
