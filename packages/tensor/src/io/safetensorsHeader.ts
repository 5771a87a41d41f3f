import { FormatError } from "../errors.js";
import { CODECS, codecOf, type Dtype, elementCount } from "./dtype.js";
import { duplicateKey } from "./duplicateKey.js";

/** One tensor in a safetensors header. */
export interface TensorInfo {
  /** Element type. */
  readonly dtype: Dtype;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** First byte, from the start of the file. */
  readonly begin: number;
  /** Byte after the last, from the start of the file. */
  readonly end: number;
}

/** A checked safetensors header. */
export interface SafetensorsHeader {
  /** Tensors by name, in file order. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** `__metadata__`; empty if absent. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A header entry whose kinds are right, offsets from the start of the data. */
interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Longest header text that readers of the format take, in bytes. */
export const LARGEST_HEADER = 100_000_000;

/** Length of the header text, from the first 8 bytes of the file. */
export function headerLength(prefix: Uint8Array, fileSize: number, file: string): number {
  if (fileSize < 8) {
    throw new FormatError("header-too-small", `the file must have at least 8 bytes, got ${fileSize}`, { file });
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > LARGEST_HEADER) {
    throw new FormatError("header-too-large", `the header must be at most 100000000 bytes long, got ${length}`, {
      file,
    });
  }
  if (8 + Number(length) > fileSize) {
    const message = `the header of ${length} bytes must end within the file of ${fileSize} bytes; the file is cut short`;
    throw new FormatError("header-length", message, { file });
  }
  return Number(length);
}

/** Parses and checks the header text of a file of `fileSize` bytes. */
export function parseHeader(bytes: Uint8Array, fileSize: number, file: string): SafetensorsHeader {
  const text = decodeUtf8(bytes, file);
  if (bytes[0] !== 0x7b) {
    throw new FormatError("header-start", `the header must start with "{", got byte ${bytes[0] ?? "none"}`, { file });
  }
  const { entries, metadata } = readEntries(parseJson(text, file), file);
  const twice = duplicateKey(text);
  if (twice !== undefined) {
    throw new FormatError("duplicate-key", `names in the header must be unique, got ${JSON.stringify(twice)} twice`, {
      file,
    });
  }
  const dataStart = 8 + bytes.length;
  const tensors = new Map<string, TensorInfo>();
  const sorted = checkLayout(entries, fileSize - dataStart, file);
  for (const { name, dtype, shape, begin, end } of sorted) {
    tensors.set(name, { dtype: dtype as Dtype, shape, begin: dataStart + begin, end: dataStart + end });
  }
  return { tensors, metadata };
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError("header-not-utf8", "the header must be UTF-8, got bytes that are not", { file });
  }
}

function parseJson(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new FormatError("header-json", `the header must be JSON: ${(cause as Error).message}`, { file });
  }
  throw new FormatError("header-json", "the header must be a JSON object", { file });
}

function readEntries(
  header: Record<string, unknown>,
  file: string,
): { entries: Entry[]; metadata: Map<string, string> } {
  const entries: Entry[] = [];
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") {
      if (!isRecord(value)) throw new FormatError("header-json", "__metadata__ must be an object", { file });
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== "string") {
          throw new FormatError("header-json", `__metadata__ must map to strings, got ${typeof text} at ${key}`, {
            file,
          });
        }
        metadata.set(key, text);
      }
    } else entries.push(readEntry(name, value, file));
  }
  return { entries, metadata };
}

function readEntry(name: string, value: unknown, file: string): Entry {
  const at = { file, tensor: name };
  if (!isRecord(value)) throw new FormatError("header-json", `the entry of ${name} must be an object`, at);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") throw new FormatError("header-json", `dtype of ${name} must be a string`, at);
  if (!isSizes(shape)) {
    throw new FormatError(
      "header-json",
      `shape of ${name} must be non-negative integers, got ${JSON.stringify(shape)}`,
      at,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2) {
    const got = JSON.stringify(offsets);
    throw new FormatError("header-json", `data_offsets of ${name} must be two non-negative integers, got ${got}`, at);
  }
  return { name, dtype, shape, begin: offsets[0] as number, end: offsets[1] as number };
}

/** Entries in file order, after the checks of dtype, offsets, sizes and length. */
function checkLayout(entries: readonly Entry[], dataSize: number, file: string): readonly Entry[] {
  for (const { name, dtype } of entries) {
    if (!CODECS.has(dtype as Dtype)) {
      const message = `dtype of ${name} must be one of ${[...CODECS.keys()].join(", ")}, got ${dtype}; convert the file`;
      throw new FormatError("unsupported-dtype", message, { file, tensor: name });
    }
  }
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of sorted) {
    if (begin !== position || end < begin) {
      const message = `data of ${name} must start at ${position} and not end before, got ${begin} to ${end}`;
      throw new FormatError("bad-offset", message, { file, tensor: name });
    }
    position = end;
  }
  for (const { name, dtype, shape } of sorted) {
    if (!(elementCount(shape) * codecOf(dtype as Dtype).size <= Number.MAX_SAFE_INTEGER)) {
      const message = `${name} must have at most 2^53 - 1 bytes, got shape [${shape.join(", ")}]`;
      throw new FormatError("overflow", message, { file, tensor: name });
    }
  }
  for (const { name, dtype, shape, begin, end } of sorted) {
    const wanted = elementCount(shape) * codecOf(dtype as Dtype).size;
    if (end - begin !== wanted) {
      const message = `${name} must have ${wanted} bytes for ${dtype} [${shape.join(", ")}], got ${end - begin}`;
      throw new FormatError("size-mismatch", message, { file, tensor: name });
    }
  }
  if (position !== dataSize) {
    const message = `the data must be ${position} bytes long, got ${dataSize}; the file is cut short or has bytes too many`;
    throw new FormatError("incomplete-buffer", message, { file });
  }
  return sorted;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
