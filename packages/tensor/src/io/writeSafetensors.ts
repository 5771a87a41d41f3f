import { CODECS, checkElements, codecOf, elementCount, encodedParts, type StoredTensor } from "./dtype.js";
import { type FileParts, joined } from "./fileParts.js";
import { LARGEST_HEADER } from "./safetensorsHeader.js";

/** Names and tensors of a file, such as a Map; order does not matter. */
export type NamedTensors = Iterable<readonly [string, StoredTensor]>;
/** Keys and texts of `__metadata__`, such as a Map; written in the given order, left out if empty. */
export type Metadata = Iterable<readonly [string, string]>;

/**
 * A safetensors file, byte-equal to what the reference writer gives: tensors by descending dtype, then by name, without gaps;
 * header padded with spaces to a multiple of 8.
 *
 * @throws TypeError, RangeError for an array that does not suit its dtype or shape, a name that stands twice, or names and metadata
 * beyond the 100 MB that readers take
 */
export function writeSafetensors(tensors: NamedTensors, metadata: Metadata = []): Uint8Array {
  return joined(safetensorsParts(tensors, metadata));
}

/** The file of {@link writeSafetensors} in parts, with the same errors. */
export function safetensorsParts(tensors: NamedTensors, metadata: Metadata = []): FileParts {
  const all = [...tensors];
  const { start, names, size } = safetensorsStart(all, metadata);
  for (const [name, tensor] of all) checkElements("writeSafetensors", name, tensor);
  return { size: start.length + size, parts: partsOf(start, names, new Map(all)) };
}

/** The beginning of a safetensors file, and what must follow it. */
export interface SafetensorsStart {
  /** Length and header, padded. */
  readonly start: Uint8Array;
  /** The tensors in the order in which their bytes follow, without gaps. */
  readonly names: readonly string[];
  /** Bytes that follow in all. */
  readonly size: number;
}

/**
 * The beginning of a file of {@link writeSafetensors}, for who has the bytes of the tensors elsewhere.
 *
 * @throws RangeError for a name that stands twice, or names and metadata beyond the 100 MB that readers take
 */
export function safetensorsStart(
  tensors: Iterable<readonly [string, Pick<StoredTensor, "dtype" | "shape">]>,
  metadata: Metadata = [],
): SafetensorsStart {
  const order = [...CODECS.keys()];
  const encoder = new TextEncoder();
  const items = [...tensors]
    .map(([name, tensor]) => ({ name, key: encoder.encode(name), rank: order.indexOf(tensor.dtype), tensor }))
    .sort((a, b) => b.rank - a.rank || compareBytes(a.key, b.key));
  const names = items.map(({ name }) => name);
  checkNames(names);
  let end = 0;
  const entries: string[] = [];
  const texts = [...metadata].map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
  if (texts.length > 0) entries.push(`"__metadata__":{${texts.join(",")}}`);
  for (const { name, tensor } of items) {
    const begin = end;
    end += elementCount(tensor.shape) * codecOf(tensor.dtype).size;
    const shape = tensor.shape.join(",");
    entries.push(
      `${JSON.stringify(name)}:{"dtype":"${tensor.dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`,
    );
  }
  return { start: fileStart(encoder.encode(`{${entries.join(",")}}`)), names, size: end };
}

function* partsOf(
  start: Uint8Array,
  names: readonly string[],
  tensors: ReadonlyMap<string, StoredTensor>,
): Generator<Uint8Array> {
  yield start;
  for (const name of names) yield* encodedParts(tensors.get(name) as StoredTensor);
}

/** Length and text of the header, padded. */
function fileStart(header: Uint8Array): Uint8Array {
  const length = Math.ceil(header.length / 8) * 8;
  if (length > LARGEST_HEADER) {
    throw new RangeError(
      `writeSafetensors: names and metadata must take at most ${LARGEST_HEADER} bytes, got ${length}; put less into one file`,
    );
  }
  const start = new Uint8Array(8 + length).fill(0x20, 8 + header.length);
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  start.set(header, 8);
  return start;
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>(["__metadata__"]);
  for (const name of names) {
    if (seen.has(name)) {
      throw new RangeError(`writeSafetensors: names must be unique and not __metadata__, got ${name}; rename a tensor`);
    }
    seen.add(name);
  }
}

/** Order of the UTF-8 bytes, as the reference sorts names. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
