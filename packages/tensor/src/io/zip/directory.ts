import { FormatError } from "../../errors.js";
import type { ByteSource } from "../byteSource.js";
import { type DirectoryPlace, findDirectory, uint64 } from "./endRecord.js";
import { decodeName } from "./entryName.js";

/** One file in a zip, as the central directory has it. */
export interface ZipEntry {
  /** Path in the archive, with `/`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes in the archive. */
  readonly compressedSize: number;
  /** 0: stored as it is; 8: deflated. */
  readonly method: number;
  /** CRC-32 of the bytes; absent where the writer computed none (all are 0, as PyTorch writes on request). */
  readonly crc?: number;
}

/** An entry and where it lies. */
export interface PlacedEntry extends ZipEntry {
  /** First byte of its local header, from the start of the file. */
  readonly offset: number;
  /** First byte that cannot be its own. */
  readonly limit: number;
}

const ENTRY = 0x02014b50;
const ENTRY_SIZE = 46;
/** Bytes of a local header before its name. */
export const LOCAL_HEADER_SIZE = 30;
/** What deflate can make of one byte. */
const LARGEST_RATIO = 1032;

/** An entry that is being checked. */
interface Draft extends Omit<PlacedEntry, "crc" | "limit"> {
  crc?: number;
  limit: number;
}

/** All entries by name, checked: names, methods, sizes, and that none overlaps another or the directory. */
export async function readDirectory(source: ByteSource): Promise<ReadonlyMap<string, PlacedEntry>> {
  const file = source.name;
  const place = await findDirectory(source);
  const bytes = await source.read(place.start, place.size);
  const entries: Draft[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { entry, next } = readEntry(bytes, at, place, file);
    entries.push(entry);
    at = next;
  }
  if (place.count === 0 && place.start > 0) {
    const message = `the directory must list what stands before it, got ${place.start} bytes and no file; the zip is damaged`;
    throw new FormatError("zip-directory", message, { file });
  }
  if (entries.length !== place.count) {
    const message = `the directory must list ${place.count} files, got ${entries.length}; the zip is damaged`;
    throw new FormatError("zip-directory", message, { file });
  }
  bound(entries, place.start, file);
  if (entries.every(({ crc }) => crc === 0)) for (const entry of entries) delete entry.crc;
  const byName = new Map<string, PlacedEntry>();
  for (const entry of entries) {
    if (byName.has(entry.name)) {
      throw new FormatError("zip-name", `names must be unique, got ${JSON.stringify(entry.name)} twice`, { file });
    }
    byName.set(entry.name, entry);
  }
  return byName;
}

function readEntry(
  bytes: Uint8Array,
  at: number,
  { prefix, start }: DirectoryPlace,
  file: string,
): { readonly entry: Draft; readonly next: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fits = at + ENTRY_SIZE <= bytes.length && view.getUint32(at, true) === ENTRY;
  const lengths = fits ? [28, 30, 32].map((field) => view.getUint16(at + field, true)) : [];
  const [nameLength = 0, extraLength = 0, commentLength = 0] = lengths;
  const extraAt = at + ENTRY_SIZE + nameLength;
  const next = extraAt + extraLength + commentLength;
  if (!fits || next > bytes.length) {
    throw new FormatError("zip-directory", `an entry must begin at byte ${at} of the directory, got other bytes`, {
      file,
    });
  }
  const name = decodeName(bytes.subarray(at + ENTRY_SIZE, extraAt), file);
  const [compressedSize, size, offset] = longFields(view, at, extraAt, extraLength);
  const method = view.getUint16(at + 10, true);
  checkKind(name, view.getUint16(at + 8, true), method, file);
  const possible = method === 0 ? size === compressedSize : size <= LARGEST_RATIO * compressedSize;
  if (!possible) {
    const message = `${name} must have a size that its ${compressedSize} bytes can hold, got ${size}; the zip is damaged`;
    throw new FormatError("zip-size", message, { file });
  }
  const crc = view.getUint32(at + 16, true);
  return { entry: { name, size, compressedSize, method, crc, offset: prefix + offset, limit: start }, next };
}

/** Compressed size, size and offset; from the extra field of zip64 where they do not fit. */
function longFields(view: DataView, at: number, extraAt: number, extraLength: number): [number, number, number] {
  const fields = [20, 24, 42].map((field) => view.getUint32(at + field, true)) as [number, number, number];
  let from = extraAt;
  const end = extraAt + extraLength;
  while (from + 4 <= end && view.getUint16(from, true) !== 1) from += 4 + view.getUint16(from + 2, true);
  const fieldEnd = from + 4 <= end ? Math.min(end, from + 4 + view.getUint16(from + 2, true)) : from;
  from += 4;
  // The extra field has the size before the compressed size, and only those that are cut off.
  for (const index of [1, 0, 2] as const) {
    if (fields[index] !== 0xffffffff || from + 8 > fieldEnd) continue;
    fields[index] = uint64(view, from);
    from += 8;
  }
  return fields;
}

function checkKind(name: string, flags: number, method: number, file: string): void {
  if ((flags & 0x2041) !== 0) {
    throw new FormatError("zip-encrypted", `${name} must not be encrypted; save it without a password`, { file });
  }
  if (method !== 0 && method !== 8) {
    const message = `${name} must be stored (0) or deflated (8), got method ${method}; save it with one of them`;
    throw new FormatError("zip-method", message, { file });
  }
}

/** Sets the limits: the next entry's header, or the directory; refuses what reaches beyond its own. */
function bound(entries: readonly Draft[], directory: number, file: string): void {
  let limit = directory;
  for (const entry of [...entries].sort((a, b) => b.offset - a.offset)) {
    entry.limit = limit;
    if (entry.offset + LOCAL_HEADER_SIZE + entry.name.length + entry.compressedSize > limit) {
      const message = `${entry.name} must end before byte ${limit}, where something else begins; the zip is damaged`;
      throw new FormatError("zip-size", message, { file });
    }
    limit = entry.offset;
  }
}
