import type { Dtype, StoredTensor } from "../../src/io/dtype.js";

/** Tensors as a reader gives them, by name. */
export type Tensors = ReadonlyMap<string, StoredTensor>;

/*
 * What a wrong value is, for each kind of file that is damaged and opens nevertheless. Each function says what is wrong, or nothing.
 */

/** Where checksums protect the values: any that are not those of the undamaged file, or fewer of them. */
export function otherThanBefore(got: Tensors, _damaged: Uint8Array, before: Tensors): string | undefined {
  for (const [name, tensor] of got) {
    const wanted = before.get(name);
    if (!(wanted && tensor.dtype === wanted.dtype && sameShape(tensor, wanted) && sameNumbers(tensor, wanted.data)))
      return `${name} has other values`;
  }
  const missing = [...before.keys()].filter((name) => !got.has(name));
  return missing.length === 0 ? undefined : `${missing.join(", ")} is missing`;
}

/** safetensors: any that a DataView does not find where the header, as JSON, says that they lie. */
export function otherThanSafetensors(got: Tensors, damaged: Uint8Array): string | undefined {
  const view = new DataView(damaged.buffer, damaged.byteOffset, damaged.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(damaged.subarray(8, 8 + length)));
  delete header.__metadata__;
  if (Object.keys(header).sort().join() !== [...got.keys()].sort().join()) return "the names are others";
  for (const [name, tensor] of got) {
    const { dtype, shape, data_offsets: offsets } = header[name];
    const wanted = plainNumbers(dtype, damaged.subarray(8 + length + offsets[0], 8 + length + offsets[1]));
    if (tensor.dtype !== dtype || !sameShape(tensor, { shape })) return `${name} has another shape or dtype`;
    if (!sameNumbers(tensor, wanted)) return `${name} has other values`;
  }
  return undefined;
}

/** npy: any that a DataView does not find behind the header, in the order and shape that it states. */
export function otherThanNpy(got: Tensors, damaged: Uint8Array, before: Tensors, name = ""): string | undefined {
  const [others, wantedOthers] = [got, before].map((all) => new Map([...all].filter(([key]) => key !== name)));
  const tensor = got.get(name);
  if (tensor === undefined) return `${name} is missing`;
  const view = new DataView(damaged.buffer, damaged.byteOffset, damaged.byteLength);
  const [length, start] = damaged[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const header = new TextDecoder("latin1").decode(damaged.subarray(start, start + length));
  const stated = (key: string): string =>
    new RegExp(`['"]${key}['"]\\s*:\\s*('[^']*'|"[^"]*"|\\([^)]*\\)|\\w+)`).exec(header)?.[1] ?? "";
  const [, order, code = ""] = /^['"]([<>|])(\w\d)['"]$/.exec(stated("descr")) ?? [];
  const shape = (stated("shape").match(/\d+/g) ?? []).map(Number);
  const wanted = plainNumbers(npyTypes[code] as Dtype, damaged.subarray(start + length), order !== ">");
  if (!sameShape(tensor, { shape })) return `${name} has another shape`;
  const rowMajor = stated("fortran_order") === "True" ? fromColumnMajor(wanted, shape) : wanted;
  if (!sameNumbers(tensor, rowMajor)) return `${name} has other values`;
  return otherThanBefore(others as Tensors, damaged, wantedOthers as Tensors);
}

/** PyTorch without checksums, or with another pickle: numbers of 4 or 8 bytes that stand nowhere in the file. */
export function nowhereInFile(got: Tensors, damaged: Uint8Array): string | undefined {
  const places = new Map([4, 8].map((size) => [size, new Set(words(damaged, size, 1))]));
  for (const [name, { dtype, data }] of got) {
    const size = sizes[dtype] as number;
    const known = places.get(size);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (known && words(bytes, size, size).some((word) => !known.has(word))) return `${name} has a number of nowhere`;
  }
  return undefined;
}

/** The words of a size, one at each step of bytes. */
function words(bytes: Uint8Array, size: number, step: number): (number | bigint)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.max(0, Math.floor((bytes.length - size) / step) + 1);
  return Array.from({ length: count }, (_, i) => (size === 4 ? view.getUint32(i * step) : view.getBigUint64(i * step)));
}

const npyTypes: Readonly<Record<string, Dtype>> = {
  ...{ f2: "F16", f4: "F32", f8: "F64", b1: "BOOL", i1: "I8", i2: "I16", i4: "I32", i8: "I64" },
  ...{ u1: "U8", u2: "U16", u4: "U32", u8: "U64" },
};

const sizes: Readonly<Record<string, number>> = {
  ...{ BOOL: 1, I8: 1, U8: 1, I16: 2, U16: 2, F16: 2, BF16: 2, I32: 4, U32: 4, F32: 4, F64: 8, I64: 8, U64: 8 },
};

/** Numbers one by one. */
function plainNumbers(dtype: Dtype, bytes: Uint8Array, little = true): (number | bigint)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readers: Readonly<Record<string, (at: number) => number | bigint>> = {
    BOOL: (at) => view.getUint8(at),
    I8: (at) => view.getInt8(at),
    U8: (at) => view.getUint8(at),
    I16: (at) => view.getInt16(at, little),
    U16: (at) => view.getUint16(at, little),
    F16: (at) => half(view.getUint16(at, little)),
    BF16: (at) => brain(view.getUint16(at, little)),
    I32: (at) => view.getInt32(at, little),
    U32: (at) => view.getUint32(at, little),
    F32: (at) => view.getFloat32(at, little),
    F64: (at) => view.getFloat64(at, little),
    I64: (at) => view.getBigInt64(at, little),
    U64: (at) => view.getBigUint64(at, little),
  };
  const size = sizes[dtype] as number;
  return Array.from({ length: bytes.length / size }, (_, i) => readers[dtype]?.(i * size) as number | bigint);
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The upper half of a float32. */
function brain(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(2, bits, true);
  return view.getFloat32(0, true);
}

/** Column-major numbers in row-major order. */
function fromColumnMajor<T>(values: readonly T[], shape: readonly number[]): T[] {
  return values.map((_, index) => {
    let [rest, at, step] = [index, 0, values.length];
    for (const size of [...shape].reverse()) {
      step /= size;
      at += (rest % size) * step;
      rest = Math.floor(rest / size);
    }
    return values[at] as T;
  });
}

const sameShape = (a: Pick<StoredTensor, "shape">, b: Pick<StoredTensor, "shape">): boolean =>
  a.shape.join() === b.shape.join();

const sameNumbers = ({ data }: StoredTensor, wanted: ArrayLike<number | bigint>): boolean =>
  data.length === wanted.length &&
  Array.from(data as ArrayLike<number | bigint>).every((v, i) => Object.is(v, wanted[i]));
