import { FormatError } from "../../errors.js";
import type { ByteSource } from "../byteSource.js";

/** Where the central directory of a zip lies. */
export interface DirectoryPlace {
  /** Its first byte, from the start of the file. */
  readonly start: number;
  /** Bytes. */
  readonly size: number;
  /** Entries in it. */
  readonly count: number;
  /** Bytes that stand before the archive: its offsets begin after them. */
  readonly prefix: number;
}

const END = 0x06054b50;
const END_SIZE = 22;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_SIZE = 20;
const END_64 = 0x06064b50;
const END_64_SIZE = 56;
const LONGEST_COMMENT = 0xffff;
/** Largest directory that is read: some hundred thousand entries. */
const LARGEST_DIRECTORY = 2 ** 24;

/** Finds the central directory by the record at the end of the file, that of zip64 where there is one. */
export async function findDirectory(source: ByteSource): Promise<DirectoryPlace> {
  const { size, name: file } = source;
  const length = Math.min(size, LONGEST_COMMENT + END_SIZE + LOCATOR_64_SIZE + END_64_SIZE);
  const tail = await source.read(size - length, length);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  const at = endOf(view);
  if (at === undefined) {
    throw new FormatError("zip-truncated", "the zip must end with its directory, got other bytes; fetch it again", {
      file,
    });
  }
  const { count, bytes, offset, recordAt } = readEnd64(view, at, file) ?? readEnd(view, at, file);
  const end = size - length + recordAt;
  const prefix = end - bytes - offset;
  if (!(bytes <= end && prefix >= 0)) {
    const message = `the directory of ${bytes} bytes at ${offset} must end before ${end}; the file is cut short`;
    throw new FormatError("zip-truncated", message, { file });
  }
  if (bytes > LARGEST_DIRECTORY) {
    const message = `the directory must have at most ${LARGEST_DIRECTORY} bytes, got ${bytes}; put fewer files into one zip`;
    throw new FormatError("zip-size", message, { file });
  }
  return { start: end - bytes, size: bytes, count, prefix };
}

/** Index of the end record: the last one whose comment ends with the file. */
function endOf(view: DataView): number | undefined {
  for (let at = view.byteLength - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  return undefined;
}

/** What an end record says. */
interface End {
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
  /** Index of the record, where the directory ends. */
  readonly recordAt: number;
}

function readEnd(view: DataView, at: number, file: string): End {
  const [disk, first, here] = [4, 6, 8].map((field) => view.getUint16(at + field, true));
  const count = view.getUint16(at + 10, true);
  checkParts(disk === 0 && first === 0 && here === count, file);
  return { count, bytes: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true), recordAt: at };
}

/** The record of zip64 before the end record, or undefined. */
function readEnd64(view: DataView, at: number, file: string): End | undefined {
  const locator = at - LOCATOR_64_SIZE;
  const recordAt = locator - END_64_SIZE;
  if (recordAt < 0 || view.getUint32(locator, true) !== LOCATOR_64) return undefined;
  if (view.getUint32(recordAt, true) !== END_64) {
    throw new FormatError("zip-directory", "the record of zip64 must stand before its locator, got other bytes", {
      file,
    });
  }
  const [count, bytes, offset] = [32, 40, 48].map((field) => uint64(view, recordAt + field)) as [
    number,
    number,
    number,
  ];
  const here = uint64(view, recordAt + 24);
  checkParts(
    view.getUint32(recordAt + 16, true) === 0 && view.getUint32(recordAt + 20, true) === 0 && here === count,
    file,
  );
  const short = [view.getUint16(at + 10, true), view.getUint32(at + 12, true), view.getUint32(at + 16, true)] as const;
  const agrees = [count, bytes, offset].every(
    (long, i) => short[i] === long || short[i] === (i === 0 ? 0xffff : 0xffffffff),
  );
  if (!agrees) {
    throw new FormatError("zip-directory", "both end records must say the same, got two directories; save it again", {
      file,
    });
  }
  return { count, bytes, offset, recordAt };
}

function checkParts(whole: boolean, file: string): void {
  if (whole) return;
  throw new FormatError("zip-directory", "the zip must be one file, got a part of several; join them", { file });
}

/** A 64-bit number; inexact beyond 2^53, which is beyond any file. */
export function uint64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
