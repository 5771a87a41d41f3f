import type { ByteSource } from "./byteSource.js";
import { codecOf, type Dtype, decodeElements, type TensorArray } from "./dtype.js";

/** How the elements of a file are stored. */
export interface Storage {
  /** Element type. */
  readonly dtype: Dtype;
  /** Big-endian bytes. Default false. */
  readonly bigEndian?: boolean;
}

/** Bytes that are read and converted at a time: what a large read holds beside its result. */
const partBytes = 2 ** 27;
/** Bytes of one array, as far as every engine goes; these are read at once where nothing has to be converted. */
const arrayBytes = 2 ** 31;

/** `count` elements that are stored from the byte `offset` of a source on, of any number of bytes. */
export async function readElements(
  source: ByteSource,
  storage: Storage,
  offset: number,
  count: number,
): Promise<TensorArray> {
  const { size, decode } = codecOf(storage.dtype);
  const asStored = decode === undefined && storage.bigEndian !== true;
  if (count * size <= (asStored ? arrayBytes : partBytes)) return await decoded(source, storage, offset, count);
  const elements = emptyElements(storage.dtype, count, source.name);
  for await (const { first, part } of elementParts(source, storage, offset, count)) {
    (elements as { set(part: TensorArray, at: number): void }).set(part, first);
  }
  return elements;
}

/** The same elements part by part, each with the number of its first element. */
export async function* elementParts(
  source: ByteSource,
  storage: Storage,
  offset: number,
  count: number,
): AsyncGenerator<{ readonly first: number; readonly part: TensorArray }> {
  const { size } = codecOf(storage.dtype);
  const most = partBytes / size;
  for (let first = 0; first < count; first += most) {
    const part = await decoded(source, storage, offset + first * size, Math.min(most, count - first));
    yield { first, part };
  }
}

/**
 * An array for `count` elements.
 *
 * @throws RangeError that names the file and the size where there is no memory for it
 */
export function emptyElements(dtype: Dtype, count: number, file: string): TensorArray {
  const { array } = codecOf(dtype);
  try {
    return new array(count);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(
      `${file}: ${count} numbers of ${dtype} must fit into memory, got "${reason}"; read fewer rows at a time`,
      { cause },
    );
  }
}

async function decoded(
  source: ByteSource,
  { dtype, bigEndian = false }: Storage,
  offset: number,
  count: number,
): Promise<TensorArray> {
  return decodeElements(dtype, await source.read(offset, count * codecOf(dtype).size), bigEndian);
}
