import { FormatError } from "../errors.js";
import { type ByteSource, checkRange, readStart } from "./byteSource.js";
import { codecOf, decodeElements, elementCount, type StoredTensor } from "./dtype.js";
import { refuseLfsPointer } from "./lfsPointer.js";
import { readElements } from "./readElements.js";
import { headerLength, parseHeader, type SafetensorsHeader, type TensorInfo } from "./safetensorsHeader.js";

/** All tensors of a safetensors file. */
export interface SafetensorsFile {
  /** Tensors by name, in file order. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** `__metadata__`; empty if absent. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A safetensors file of which only the header was read. */
export interface SafetensorsReader extends SafetensorsHeader {
  /** Dtype, shape and place of a tensor; FormatError `tensor-not-found` if it is absent. */
  info(name: string): TensorInfo;
  /** One tensor; FormatError `tensor-not-found` if it is absent. */
  readTensor(name: string): Promise<StoredTensor>;
  /** Rows `start` to `start + count - 1` along the first axis; FormatError `bad-shape` for a scalar. */
  readRows(name: string, start: number, count: number): Promise<StoredTensor>;
  /** All tensors, read one after the other. */
  readAll(): Promise<SafetensorsFile>;
  /** Closes the source. */
  close(): Promise<void>;
}

/**
 * Reads a safetensors file. Tensors are views of `bytes` where these lie aligned, else copies.
 *
 * @param file - name for messages
 * @throws FormatError with one of the codes header-too-small, header-too-large, header-length, header-not-utf8, header-start,
 * header-json, duplicate-key, unsupported-dtype, bad-offset, overflow, size-mismatch, incomplete-buffer, lfs-pointer
 */
export function readSafetensors(bytes: Uint8Array, file = "bytes"): SafetensorsFile {
  refuseLfsPointer(bytes, file);
  const length = headerLength(bytes, bytes.length, file);
  const header = parseHeader(bytes.subarray(8, 8 + length), bytes.length, file);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, begin, end }] of header.tensors) {
    tensors.set(name, { dtype, shape, data: decodeElements(dtype, bytes.subarray(begin, end)) });
  }
  return { tensors, metadata: header.metadata };
}

/** Opens a safetensors file by its header; data are read when asked for. Errors as in {@link readSafetensors}. */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsReader> {
  const length = headerLength(await readStart(source, 8), source.size, source.name);
  const header = parseHeader(await source.read(8, length), source.size, source.name);
  const info = (name: string): TensorInfo => {
    const found = header.tensors.get(name);
    if (found !== undefined) return found;
    const names = [...header.tensors.keys()].join(", ");
    throw new FormatError("tensor-not-found", `the file must hold ${name}, got ${names || "no tensors"}`, {
      file: source.name,
      tensor: name,
    });
  };
  const readTensor = async (name: string): Promise<StoredTensor> => {
    const { dtype, shape, begin } = info(name);
    return { dtype, shape, data: await readElements(source, { dtype }, begin, elementCount(shape)) };
  };
  return {
    ...header,
    info,
    readTensor,
    readRows: async (name, start, count) => {
      const { dtype, shape, begin } = info(name);
      const [rows, ...rest] = shape;
      if (rows === undefined) {
        throw new FormatError("bad-shape", `${name} must have rows, got a scalar`, { file: source.name, tensor: name });
      }
      checkRange("readRows", start, count, rows);
      const width = elementCount(rest);
      const offset = begin + start * width * codecOf(dtype).size;
      return { dtype, shape: [count, ...rest], data: await readElements(source, { dtype }, offset, count * width) };
    },
    readAll: async () => {
      const tensors = new Map<string, StoredTensor>();
      for (const name of header.tensors.keys()) tensors.set(name, await readTensor(name));
      return { tensors, metadata: header.metadata };
    },
    close: () => source.close(),
  };
}
