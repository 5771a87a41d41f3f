import { type ByteSource, checkRange } from "./byteSource.js";
import {
  codecOf,
  type Dtype,
  decodeElements,
  elementCount,
  encodeElements,
  type StoredTensor,
  type TensorArray,
} from "./dtype.js";
import { descrOf, headerRange, type NpyHeader, npyHeader, parseNpyHeader } from "./npyHeader.js";

/** An npy file of which only the header was read. */
export interface NpyReader {
  /** Element type. */
  readonly dtype: Dtype;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** The whole array, row-major. */
  readTensor(): Promise<StoredTensor>;
  /** Rows `start` to `start + count - 1` along the first axis. A column-major file is read whole at the first call. */
  readRows(start: number, count: number): Promise<StoredTensor>;
  /** Closes the source. */
  close(): Promise<void>;
}

/**
 * Reads an npy file of version 1.0 to 3.0; big-endian and column-major data come out little-endian and row-major. Data are a view
 * of `bytes` where nothing had to be converted.
 *
 * @param file - name for messages
 * @throws FormatError with one of the codes npy-magic, npy-version, npy-truncated, npy-header-too-large, npy-header,
 * unsupported-dtype, trailing-bytes
 */
export function readNpy(bytes: Uint8Array, file = "bytes"): StoredTensor {
  const { textStart, textEnd, utf8 } = headerRange(bytes, bytes.length, file);
  const header = parseNpyHeader(bytes.subarray(textStart, textEnd), utf8, textEnd, bytes.length, file);
  return toTensor(header, bytes.subarray(textEnd));
}

/** Opens an npy file by its header; data are read when asked for. Errors as in {@link readNpy}. */
export async function openNpy(source: ByteSource): Promise<NpyReader> {
  const { size, name } = source;
  const { textStart, textEnd, utf8 } = headerRange(await source.read(0, Math.min(12, size)), size, name);
  const header = parseNpyHeader(await source.read(textStart, textEnd - textStart), utf8, textEnd, size, name);
  const { dtype, shape, fortranOrder, dataStart } = header;
  const readTensor = async (): Promise<StoredTensor> =>
    toTensor(header, await source.read(dataStart, size - dataStart));
  let whole: Promise<StoredTensor> | undefined;
  return {
    dtype,
    shape,
    readTensor,
    readRows: async (start, count) => {
      const [rows = 0, ...rest] = shape;
      checkRange("readRows", start, count, rows);
      const width = elementCount(rest);
      if (fortranOrder && rest.length > 0) {
        whole ??= readTensor();
        const { data } = await whole;
        return { dtype, shape: [count, ...rest], data: data.subarray(start * width, (start + count) * width) };
      }
      const rowBytes = width * codecOf(dtype).size;
      const bytes = await source.read(dataStart + start * rowBytes, count * rowBytes);
      return toTensor({ ...header, shape: [count, ...rest], fortranOrder: false }, bytes);
    },
    close: () => source.close(),
  };
}

/**
 * An npy file (version 1.0, C order), byte-equal to numpy's.
 *
 * @param array - `dtype` may be left out where the array tells it: F32 for a Float32Array, U8 for a Uint8Array
 * @throws TypeError, RangeError for an array that does not suit its dtype or shape, or for BF16, which npy lacks
 */
export function writeNpy(array: Omit<StoredTensor, "dtype"> & { readonly dtype?: Dtype }): Uint8Array {
  const dtype = array.dtype ?? dtypeOf(array.data);
  const descr = descrOf(dtype);
  if (descr === undefined) throw new RangeError(`writeNpy: dtype must have an npy name, got ${dtype}; convert to F32`);
  const bytes = encodeElements("writeNpy", "data", { dtype, shape: array.shape, data: array.data });
  const header = npyHeader(descr, array.shape);
  const file = new Uint8Array(header.length + bytes.length);
  file.set(header);
  file.set(bytes, header.length);
  return file;
}

function dtypeOf(data: TensorArray): Dtype {
  const kind = Object.prototype.toString.call(data).slice(8, -1);
  const letter = kind.startsWith("Float") ? "F" : /^(Big)?Ui/.test(kind) ? "U" : "I";
  return `${letter}${data.BYTES_PER_ELEMENT * 8}` as Dtype;
}

function toTensor({ dtype, shape, fortranOrder, bigEndian }: NpyHeader, bytes: Uint8Array): StoredTensor {
  const { size } = codecOf(dtype);
  const data = decodeElements(dtype, bigEndian && size > 1 ? swapBytes(bytes, size) : bytes);
  return { dtype, shape, data: fortranOrder && shape.length > 1 ? toRowMajor(data, shape) : data };
}

function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  const swapped = bytes.slice();
  for (let at = 0; at < swapped.length; at += size) swapped.subarray(at, at + size).reverse();
  return swapped;
}

/** Column-major to row-major for any rank: walks the result in order and steps through the source. */
function toRowMajor(data: TensorArray, shape: readonly number[]): TensorArray {
  const result = data.slice();
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape) {
    strides.push(stride);
    stride *= size;
  }
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] as number & bigint;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const step = strides[axis] as number;
      const next = (index[axis] as number) + 1;
      from += step;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      from -= next * step;
      index[axis] = 0;
    }
  }
  return result;
}
