import { type FileParts, joined } from "../fileParts.js";
import { crc32 } from "./crc32.js";
import { isInside } from "./entryName.js";
import { descriptor, directoryEntry, endRecords, localHeader, type PlacedFile } from "./zipRecords.js";

/** Names and contents of the files of a zip, such as a Map; they are written in this order. */
export type ZipFiles = Iterable<readonly [string, Uint8Array | FileParts]>;

/** Bytes of a name that a zip can hold. */
const LONGEST_NAME = 0xffff;

/** Options of {@link writeZip}. */
export interface ZipOptions {
  /** The content of every file begins at a multiple of this many bytes, at most 4096. Default 1. */
  readonly align?: number;
}

/**
 * A zip of stored files. The same files give the same bytes: times are those of 1980. Checksums stand behind each file and in the
 * directory, so that contents are made once, in order; zip64 where sizes need it.
 *
 * @throws RangeError for a name that stands twice or leads out of the archive
 */
export function writeZip(files: ZipFiles, options: ZipOptions = {}): Uint8Array {
  return joined(zipParts(files, options));
}

/** The file of {@link writeZip} in parts, with the same errors. */
export function zipParts(files: ZipFiles, { align = 1 }: ZipOptions = {}): FileParts {
  if (!Number.isSafeInteger(align) || align < 1 || align > 4096) {
    throw new RangeError(`writeZip: align must be a whole number from 1 to 4096, got ${align}; leave it out`);
  }
  const contents = new Map<PlacedFile, Iterable<Uint8Array>>();
  const names = new Set<string>();
  let at = 0;
  for (const [name, content] of files) {
    const bytes = new TextEncoder().encode(name);
    if (!isInside(name) || names.has(name) || bytes.length > LONGEST_NAME) {
      const got = JSON.stringify(name.slice(0, 100));
      throw new RangeError(`writeZip: names must be relative paths with /, each once, got ${got}; rename the file`);
    }
    names.add(name);
    const [size, parts] = content instanceof Uint8Array ? [content.length, [content]] : [content.size, content.parts];
    const unpadded = { name: bytes, size, at, padding: 0 };
    const file = { ...unpadded, padding: paddingOf(at + localHeader(unpadded).length, align) };
    contents.set(file, parts);
    at += localHeader(file).length + size + descriptor(file, 0).length;
  }
  const placed = [...contents.keys()];
  const directorySize = placed.reduce((sum, file) => sum + directoryEntry(file, 0).length, 0);
  const end = endRecords(placed.length, at, directorySize);
  return { size: at + directorySize + end.length, parts: partsOf(contents, end) };
}

function* partsOf(contents: ReadonlyMap<PlacedFile, Iterable<Uint8Array>>, end: Uint8Array): Generator<Uint8Array> {
  const directory: Uint8Array[] = [];
  for (const [file, parts] of contents) {
    yield localHeader(file);
    let crc = 0;
    for (const part of parts) {
      crc = crc32(part, crc);
      yield part;
    }
    yield descriptor(file, crc);
    directory.push(directoryEntry(file, crc));
  }
  yield* directory;
  yield end;
}

/** Bytes of an extra field, four of which are its own, so that what comes after it is aligned. */
function paddingOf(position: number, align: number): number {
  return align === 1 ? 0 : 4 + ((align - ((position + 4) % align)) % align);
}
