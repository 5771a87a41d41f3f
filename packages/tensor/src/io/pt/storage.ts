import type { ByteSource } from "../byteSource.js";
import type { Dtype } from "../dtype.js";

/** Numbers in a `.pt` file that tensors are views of. */
export interface Storage {
  /** Type of its numbers; absent where the tensors name it. */
  readonly dtype?: Dtype;
  /** Bytes. */
  readonly size: number;
  /** Its bytes, to be read in parts. */
  open(): Promise<StorageSource>;
}

/** Bytes of a storage. */
export interface StorageSource extends ByteSource {
  /** Compares the checksum, where the file has one. */
  verify(): Promise<void>;
}

/** What a pickle says of a storage. */
export interface StorageKey {
  /** Its name in the file. */
  readonly key: string;
  /** Numbers in it. */
  readonly count: number;
  /** Bytes. */
  readonly size: number;
}

/** Finds a storage of a file and checks its size. */
export type FindStorage = (key: StorageKey) => Pick<Storage, "open">;
