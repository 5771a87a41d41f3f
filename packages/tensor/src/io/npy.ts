import { type ByteSource, checkRange, readStart } from "./byteSource.js";
import {
  checkElements,
  codecOf,
  type Dtype,
  decodeElements,
  elementCount,
  encodedParts,
  type StoredTensor,
  type TensorArray,
} from "./dtype.js";
import { type FileParts, joined } from "./fileParts.js";
import { refuseLfsPointer } from "./lfsPointer.js";
import { descrOf, headerRange, type NpyHeader, npyHeader, parseNpyHeader } from "./npyHeader.js";
import { elementParts, emptyElements, readElements } from "./readElements.js";
import { placeColumnMajor } from "./rowMajor.js";
import type { TensorReader } from "./tensorReader.js";

/** An npy file of which only the header was read. */
export interface NpyReader extends TensorReader {
  /** Closes the source. */
  close(): Promise<void>;
}

/**
 * Reads an npy file of version 1.0 to 3.0; big-endian and column-major data come out little-endian and row-major. Data are a view
 * of `bytes` where nothing had to be converted.
 *
 * @param file - name for messages
 * @throws FormatError with one of the codes npy-magic, npy-version, npy-truncated, npy-header-too-large, npy-header,
 * unsupported-dtype, trailing-bytes, lfs-pointer
 */
export function readNpy(bytes: Uint8Array, file = "bytes"): StoredTensor {
  refuseLfsPointer(bytes, file);
  const { textStart, textEnd, utf8 } = headerRange(bytes, bytes.length, file);
  const header = parseNpyHeader(bytes.subarray(textStart, textEnd), utf8, textEnd, bytes.length, file);
  const { dtype, shape, fortranOrder, bigEndian } = header;
  const stored = decodeElements(dtype, bytes.subarray(textEnd), bigEndian);
  if (!isColumnMajor(fortranOrder, shape)) return { dtype, shape, data: stored };
  const data = emptyElements(dtype, stored.length, file);
  placeColumnMajor(data, shape, stored, 0);
  return { dtype, shape, data };
}

/** Opens an npy file by its header; data are read when asked for. Errors as in {@link readNpy}. */
export async function openNpy(source: ByteSource): Promise<NpyReader> {
  const { size, name } = source;
  const { textStart, textEnd, utf8 } = headerRange(await readStart(source, 12), size, name);
  const header = parseNpyHeader(await source.read(textStart, textEnd - textStart), utf8, textEnd, size, name);
  const { dtype, shape, fortranOrder, dataStart } = header;
  const columnMajor = isColumnMajor(fortranOrder, shape);
  const readTensor = async (): Promise<StoredTensor> => {
    const count = elementCount(shape);
    const data = columnMajor
      ? await readColumnMajor(source, header, count)
      : await readElements(source, header, dataStart, count);
    return { dtype, shape, data };
  };
  let whole: Promise<StoredTensor> | undefined;
  return {
    dtype,
    shape,
    readTensor,
    readRows: async (start, count) => {
      const [rows = 0, ...rest] = shape;
      checkRange("readRows", start, count, rows);
      const width = elementCount(rest);
      const part = { dtype, shape: [count, ...rest] };
      if (columnMajor) {
        whole ??= readTensor();
        const { data } = await whole;
        return { ...part, data: data.subarray(start * width, (start + count) * width) };
      }
      const offset = dataStart + start * width * codecOf(dtype).size;
      return { ...part, data: await readElements(source, header, offset, count * width) };
    },
    close: () => source.close(),
  };
}

/** An array for an npy file; `dtype` may be left out where the array tells it: F32 for a Float32Array, U8 for a Uint8Array. */
export interface NpyArray extends Omit<StoredTensor, "dtype"> {
  /** Element type in the file. Default: that of the array. */
  readonly dtype?: Dtype;
}

/**
 * An npy file (version 1.0, C order), byte-equal to numpy's.
 *
 * @throws TypeError, RangeError for an array that does not suit its dtype or shape, or for BF16, which npy lacks
 */
export function writeNpy(array: NpyArray): Uint8Array {
  return joined(npyParts(array));
}

/** The file of {@link writeNpy} in parts, with the same errors. */
export function npyParts({ dtype: given, shape, data }: NpyArray): FileParts {
  const dtype = given ?? dtypeOf(data);
  const descr = descrOf(dtype);
  if (descr === undefined) throw new RangeError(`writeNpy: dtype must have an npy name, got ${dtype}; convert to F32`);
  const tensor = { dtype, shape, data };
  checkElements("writeNpy", "data", tensor);
  const header = npyHeader(descr, shape);
  const size = header.length + data.length * codecOf(dtype).size;
  return { size, parts: partsOf(header, tensor) };
}

function* partsOf(header: Uint8Array, tensor: StoredTensor): Generator<Uint8Array> {
  yield header;
  yield* encodedParts(tensor);
}

function dtypeOf(data: TensorArray): Dtype {
  const kind = Object.prototype.toString.call(data).slice(8, -1);
  const letter = kind.startsWith("Float") ? "F" : /^(Big)?Ui/.test(kind) ? "U" : "I";
  return `${letter}${data.BYTES_PER_ELEMENT * 8}` as Dtype;
}

function isColumnMajor(fortranOrder: boolean, shape: readonly number[]): boolean {
  return fortranOrder && shape.length > 1;
}

/** All elements of a column-major file, row-major: part by part, so that they are held once. */
async function readColumnMajor(source: ByteSource, header: NpyHeader, count: number): Promise<TensorArray> {
  const data = emptyElements(header.dtype, count, source.name);
  for await (const { first, part } of elementParts(source, header, header.dataStart, count)) {
    placeColumnMajor(data, header.shape, part, first);
  }
  return data;
}
