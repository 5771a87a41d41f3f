import { FormatError } from "../errors.js";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./halfFloat.js";

/** Element types that can be read and written, by their safetensors names. */
export type Dtype =
  | "BOOL"
  | "U8"
  | "I8"
  | "I16"
  | "U16"
  | "F16"
  | "BF16"
  | "I32"
  | "U32"
  | "F32"
  | "F64"
  | "I64"
  | "U64";

/** Host numbers of a stored tensor. */
export type TensorArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor as a file holds it. */
export interface StoredTensor {
  /** Element type in the file. */
  readonly dtype: Dtype;
  /** Sizes of the axes; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** Row-major numbers: the array of the dtype; Float32Array for F16 and BF16, Uint8Array for BOOL. */
  readonly data: TensorArray;
}

/** One element type. */
interface Codec {
  /** Bytes per element in the file. */
  readonly size: number;
  /** Array of the elements in memory. */
  readonly array: {
    new (length: number): TensorArray;
    new (buffer: ArrayBufferLike, offset: number, length: number): TensorArray;
    readonly name: string;
  };
  /** From stored words, where the array in memory is of another kind. */
  readonly decode?: (words: Uint16Array) => Float32Array;
  /** To stored words, where the array in memory is of another kind. */
  readonly encode?: (values: Float32Array) => Uint16Array;
}

/** All element types, in the order of safetensors' own dtype enumeration. */
export const CODECS: ReadonlyMap<Dtype, Codec> = new Map<Dtype, Codec>([
  ["BOOL", { size: 1, array: Uint8Array }],
  ["U8", { size: 1, array: Uint8Array }],
  ["I8", { size: 1, array: Int8Array }],
  ["I16", { size: 2, array: Int16Array }],
  ["U16", { size: 2, array: Uint16Array }],
  ["F16", { size: 2, array: Float32Array, decode: fromFloat16, encode: toFloat16 }],
  ["BF16", { size: 2, array: Float32Array, decode: fromBfloat16, encode: toBfloat16 }],
  ["I32", { size: 4, array: Int32Array }],
  ["U32", { size: 4, array: Uint32Array }],
  ["F32", { size: 4, array: Float32Array }],
  ["F64", { size: 8, array: Float64Array }],
  ["I64", { size: 8, array: BigInt64Array }],
  ["U64", { size: 8, array: BigUint64Array }],
]);

/** The codec of a dtype. */
export function codecOf(dtype: Dtype): Codec {
  return CODECS.get(dtype) as Codec;
}

/**
 * Bytes to numbers: a view where the bytes lie as the array needs them, else a copy; the bytes themselves never change.
 *
 * @param dtype - what the bytes hold
 * @param bytes - whole elements
 * @param bigEndian - order of the bytes of an element; default false
 */
export function decodeElements(dtype: Dtype, bytes: Uint8Array, bigEndian = false): TensorArray {
  const { size, array, decode } = codecOf(dtype);
  const ready = bigEndian && size > 1 ? swapped(bytes, size) : aligned(bytes, size);
  const length = bytes.length / size;
  if (decode !== undefined) return decode(new Uint16Array(ready.buffer, ready.byteOffset, length));
  return new array(ready.buffer, ready.byteOffset, length);
}

/** The bytes at a multiple of `size`: a copy where they are not. Not `slice`, which of a Buffer is a view. */
function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}

/** A copy with the bytes of each element in the opposite order. */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  for (let at = 0; at < copy.length; at += size) copy.subarray(at, at + size).reverse();
  return copy;
}

/** Elements that are converted and written at a time. */
const partLength = 2 ** 26;

/** The little-endian bytes of a checked tensor part by part: views, or converted for F16 and BF16. */
export function* encodedParts({ dtype, data }: StoredTensor): Generator<Uint8Array> {
  const { encode } = codecOf(dtype);
  for (let first = 0; first < data.length; first += partLength) {
    const part = data.subarray(first, first + partLength);
    yield bytesOf(encode === undefined ? part : encode(part as Float32Array));
  }
}

/**
 * Checks that a tensor can be stored.
 *
 * @throws TypeError where the array does not suit the dtype, RangeError where its length does not fit the shape
 */
export function checkElements(caller: string, name: string, { dtype, shape, data }: StoredTensor): void {
  const codec = CODECS.get(dtype);
  if (codec === undefined) {
    throw new RangeError(`${caller}: dtype of ${name} must be one of ${[...CODECS.keys()].join(", ")}, got ${dtype}`);
  }
  if (!(data instanceof codec.array)) {
    const got = Object.prototype.toString.call(data).slice(8, -1);
    throw new TypeError(`${caller}: ${name} with dtype ${dtype} must be a ${codec.array.name}, got ${got}; convert it`);
  }
  const wanted = elementCount(shape);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0) || data.length !== wanted) {
    throw new RangeError(
      `${caller}: ${name} must have ${wanted} elements for shape [${shape.join(", ")}], got ${data.length}; fit the shape`,
    );
  }
}

const bytesOf = (data: TensorArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Product of the sizes; NaN where it is not exact in a double. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!(count <= Number.MAX_SAFE_INTEGER)) return Number.NaN;
  }
  return count;
}

/**
 * Numbers of a stored tensor in float64, 64-bit integers included.
 *
 * @param at - file and tensor for the message
 * @throws FormatError `unsafe-integer` where an integer is beyond 2^53 - 1
 */
export function toNumbers(
  data: TensorArray,
  at: { readonly file?: string; readonly tensor?: string } = {},
): Float64Array {
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return Float64Array.from(data);
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  const numbers = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as bigint;
    if (value > limit || value < -limit) {
      const where = at.tensor === undefined ? "" : ` of ${at.tensor}`;
      const message = `integers${where} must be within 2^53 - 1, got ${value} at index ${i}; read them as 64-bit integers`;
      throw new FormatError("unsafe-integer", message, at);
    }
    numbers[i] = Number(value);
  }
  return numbers;
}

/** Numbers of a stored tensor in float32; the same array where it already is one. */
export function toFloat32(
  data: TensorArray,
  at: { readonly file?: string; readonly tensor?: string } = {},
): Float32Array {
  if (data instanceof Float32Array) return data;
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? Float32Array.from(toNumbers(data, at))
    : Float32Array.from(data);
}
