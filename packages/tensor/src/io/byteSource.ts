import { lfsMarkLength, refuseLfsPointer } from "./lfsPointer.js";

/** Bytes that can be read in parts: a file, a buffer, a range of a download. */
export interface ByteSource {
  /** Name for messages, usually the file name. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; may be a view that the source keeps, so do not write into it. RangeError past the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Releases the file, if there is one. */
  close(): Promise<void>;
}

/** A source over bytes in memory; `read` gives views, not copies. */
export function bytesSource(bytes: Uint8Array, name = "bytes"): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => {
      checkRange("bytesSource.read", offset, length, bytes.length);
      return bytes.subarray(offset, offset + length);
    },
    close: async () => {},
  };
}

/** A range of a source as a source of its own, such as a file in an archive; closing it leaves the other one open. */
export function rangeSource(source: ByteSource, begin: number, size: number, name: string): ByteSource {
  return {
    name,
    size,
    read: async (offset, length) => {
      checkRange("rangeSource.read", offset, length, size);
      return await source.read(begin + offset, length);
    },
    close: async () => {},
  };
}

/**
 * The first `count` bytes of a source, or all where it has fewer: what every reader begins with.
 *
 * @throws FormatError `lfs-pointer` where the source is a Git LFS pointer
 */
export async function readStart(source: ByteSource, count: number): Promise<Uint8Array> {
  const start = await source.read(0, Math.min(Math.max(count, lfsMarkLength), source.size));
  refuseLfsPointer(start, source.name);
  return start.subarray(0, count);
}

/** RangeError unless `count` units from `start` lie within `size`. */
export function checkRange(caller: string, start: number, count: number, size: number): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(count) || start < 0 || count < 0 || start + count > size) {
    throw new RangeError(
      `${caller}: start and count must lie within 0 to ${size}, got ${start} and ${count}; ask for less`,
    );
  }
}
