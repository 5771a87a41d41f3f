import { FormatError } from "../errors.js";
import { codecOf, type Dtype, elementCount } from "./dtype.js";
import { type PythonLiteral, parsePythonLiteral } from "./pythonLiteral.js";

/** A checked npy header. */
export interface NpyHeader {
  /** Element type. */
  readonly dtype: Dtype;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Column-major data. */
  readonly fortranOrder: boolean;
  /** Big-endian data. */
  readonly bigEndian: boolean;
  /** First byte of the data. */
  readonly dataStart: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const LONGEST_HEADER = 10_000;
/** Characters of UTF-8 take up to four bytes. */
const MOST_HEADER_BYTES = 4 * LONGEST_HEADER;
const DTYPES: ReadonlyMap<string, Dtype> = new Map([
  ["f2", "F16"],
  ["f4", "F32"],
  ["f8", "F64"],
  ["i1", "I8"],
  ["u1", "U8"],
  ["b1", "BOOL"],
  ["i2", "I16"],
  ["i4", "I32"],
  ["i8", "I64"],
  ["u2", "U16"],
  ["u4", "U32"],
  ["u8", "U64"],
]);
const DESCRS = [...DTYPES].map(([code, dtype]) => (codecOf(dtype).size === 1 ? "|" : "<") + code);

/** Where the header text lies. */
export function headerRange(
  start: Uint8Array,
  size: number,
  file: string,
): { readonly textStart: number; readonly textEnd: number; readonly utf8: boolean } {
  if (MAGIC.some((byte, i) => i < start.length && start[i] !== byte)) {
    throw new FormatError("npy-magic", "the file must start with the npy magic 93 4e 55 4d 50 59, got other bytes", {
      file,
    });
  }
  const truncated = (): FormatError =>
    new FormatError("npy-truncated", `the file ends inside its header, after ${size} bytes`, { file });
  if (size < 8) throw truncated();
  const [major, minor] = [start[6] as number, start[7] as number];
  if (major < 1 || major > 3 || minor !== 0) {
    throw new FormatError("npy-version", `the npy version must be 1.0, 2.0 or 3.0, got ${major}.${minor}`, { file });
  }
  const textStart = major === 1 ? 10 : 12;
  if (size < textStart) throw truncated();
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const textEnd = textStart + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (textEnd > size) throw truncated();
  if (textEnd - textStart > MOST_HEADER_BYTES) throw tooLong(textEnd - textStart, file);
  return { textStart, textEnd, utf8: major === 3 };
}

/** Parses and checks the header text of a file of `size` bytes. */
export function parseNpyHeader(
  bytes: Uint8Array,
  utf8: boolean,
  dataStart: number,
  size: number,
  file: string,
): NpyHeader {
  const text = decodeText(bytes, utf8, file);
  const { descr, fortranOrder, shape } = readFields(text, file);
  const { dtype, bigEndian } = readDescr(descr, file);
  const wanted = elementCount(shape) * codecOf(dtype).size;
  const got = size - dataStart;
  const described = `${dtype} [${shape.join(", ")}]`;
  if (!(wanted <= got)) {
    throw new FormatError("npy-truncated", `the data must have ${wanted} bytes for ${described}, got ${got}`, { file });
  }
  if (wanted < got) {
    throw new FormatError("trailing-bytes", `the data must have ${wanted} bytes for ${described}, got ${got}`, {
      file,
    });
  }
  return { dtype, shape, fortranOrder, bigEndian, dataStart };
}

function decodeText(bytes: Uint8Array, utf8: boolean, file: string): string {
  let text: string;
  try {
    text = new TextDecoder(utf8 ? "utf-8" : "latin1", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError("npy-header", "the header must be UTF-8, got bytes that are not", { file });
  }
  if (text.length > LONGEST_HEADER) throw tooLong(text.length, file);
  return text;
}

function tooLong(length: number, file: string): FormatError {
  const message = `the header must have at most ${LONGEST_HEADER} characters, got ${length}`;
  return new FormatError("npy-header-too-large", message, { file });
}

function readFields(
  text: string,
  file: string,
): { descr: PythonLiteral; fortranOrder: boolean; shape: readonly number[] } {
  const fail = (message: string): FormatError => new FormatError("npy-header", message, { file });
  let literal: PythonLiteral;
  try {
    literal = parsePythonLiteral(text);
  } catch (cause) {
    throw fail(`the header must be a dict literal: ${(cause as Error).message}`);
  }
  if (!(literal instanceof Map)) throw fail("the header must be a dict literal");
  const keys = [...literal.keys()].sort().join(", ");
  if (keys !== "descr, fortran_order, shape") throw fail(`the keys must be descr, fortran_order, shape, got ${keys}`);
  const fortranOrder = literal.get("fortran_order");
  if (typeof fortranOrder !== "boolean") throw fail("fortran_order must be True or False");
  const shape = literal.get("shape");
  if (!isTuple(shape) || !shape.tuple.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)) {
    throw fail("shape must be a tuple of non-negative integers");
  }
  return { descr: literal.get("descr") as PythonLiteral, fortranOrder, shape: shape.tuple as readonly number[] };
}

/** The element type that numpy's name of it, such as `<f4`, stands for; FormatError `unsupported-dtype`. */
export function readDescr(descr: PythonLiteral, file: string): { dtype: Dtype; bigEndian: boolean } {
  const order = typeof descr === "string" ? descr[0] : undefined;
  const dtype = typeof descr === "string" ? DTYPES.get(descr.slice(1)) : undefined;
  const known = dtype !== undefined && (order === "|" ? codecOf(dtype).size === 1 : order === "<" || order === ">");
  if (known) return { dtype, bigEndian: order === ">" };
  const got = typeof descr === "string" ? descr : "a structured type";
  const message = `descr must be a little- or big-endian number of 1 to 8 bytes, got ${got}; save the array as float32`;
  throw new FormatError("unsupported-dtype", message, { file });
}

function isTuple(value: PythonLiteral | undefined): value is { readonly tuple: readonly PythonLiteral[] } {
  return typeof value === "object" && value !== null && "tuple" in value;
}

/**
 * Header of an npy file (version 1.0, C order), byte-equal to numpy's: for writers that stream the data after it.
 *
 * @param descr - numpy's name of the element type, such as `<f4`
 * @param shape - sizes of the axes
 * @throws RangeError for a type or shape that npy cannot hold or we do not write
 */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  if (!DESCRS.includes(descr)) {
    throw new RangeError(`npyHeader: descr must be one of ${DESCRS.join(" ")}, got ${descr}; convert to <f4`);
  }
  if (shape.length > 64 || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new RangeError(
      `npyHeader: shape must be at most 64 non-negative integers, got [${shape.join(", ")}]; reshape`,
    );
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const text = dict + " ".repeat(shape.length === 0 ? 0 : 21 - String(shape[0]).length);
  const padded = `${text}${" ".repeat(64 - ((11 + text.length) % 64))}\n`;
  const header = new Uint8Array(10 + padded.length);
  header.set([...MAGIC, 1, 0, padded.length & 0xff, padded.length >>> 8]);
  header.set(new TextEncoder().encode(padded), 10);
  return header;
}

/** numpy's name of a dtype in little-endian order; undefined for BF16, which has none. */
export function descrOf(dtype: Dtype): string | undefined {
  return DESCRS.find((descr) => DTYPES.get(descr.slice(1)) === dtype);
}
