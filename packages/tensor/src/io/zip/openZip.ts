import { FormatError } from "../../errors.js";
import { type ByteSource, readStart } from "../byteSource.js";
import { type PlacedEntry, readDirectory, type ZipEntry } from "./directory.js";
import { dataStart, openEntry, type ZipEntrySource } from "./openEntry.js";

/** A zip of which only the central directory was read. */
export interface ZipReader {
  /** Entries by name, in the order of the directory. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /**
   * Opens an entry: a stored one is read by ranges; a deflated one is inflated into memory, at most 2 GiB, and checked.
   *
   * @throws FormatError `zip-entry-not-found`, `zip-directory`, `zip-name`, `zip-size`, `zip-deflate`, `zip-crc`
   */
  open(name: string): Promise<ZipEntrySource>;
  /** Compares an entry with its local header, for those that are passed over by their name; errors as in `open`. */
  check(name: string): Promise<void>;
  /** An entry whole, its CRC-32 checked; errors as in `open`. The bytes may be a view of the source: do not write into them. */
  read(name: string): Promise<Uint8Array>;
  /** Closes the source. */
  close(): Promise<void>;
}

/**
 * Opens a zip (also zip64; bytes before it and a comment after it are passed over) by its central directory. Sizes are those of the
 * directory; of local headers the signature and the name are checked.
 *
 * @throws FormatError `zip-truncated`, `zip-directory`, `zip-name` (a path that leads out of the archive, or a name that stands twice),
 * `zip-encrypted`, `zip-method` (neither stored nor deflated), `zip-size` (entries that overlap, or a size that the bytes cannot hold),
 * `lfs-pointer`
 */
export async function openZip(source: ByteSource): Promise<ZipReader> {
  await readStart(source, 4);
  const entries = await readDirectory(source);
  const entryOf = (name: string): PlacedEntry => {
    const entry = entries.get(name);
    if (entry !== undefined) return entry;
    const message = `the zip must hold ${name}, got ${[...entries.keys()].slice(0, 20).join(", ") || "no files"}`;
    throw new FormatError("zip-entry-not-found", message, { file: source.name });
  };
  const open = async (name: string): Promise<ZipEntrySource> => await openEntry(source, entryOf(name));
  return {
    entries,
    open,
    check: async (name) => {
      await dataStart(source, entryOf(name));
    },
    read: async (name) => {
      const entry = await open(name);
      await entry.verify();
      return await entry.read(0, entry.size);
    },
    close: () => source.close(),
  };
}

/** Whether a file begins as a zip, which has 22 bytes at least. */
export function isZip(start: Uint8Array, { size }: ByteSource): boolean {
  return size >= 22 && start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4;
}
