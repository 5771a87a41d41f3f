import { type ByteSource, FormatError } from "@monosema/tensor";
import type { LazyTensor } from "../lazyTensor.js";
import { cursorOf } from "./cursor.js";
import { readString, readUint32, readUint64, readValue } from "./metadata.js";
import { knownQuantisation, quantisationOf } from "./quantisation.js";

/** A GGUF file of which only the header was read. */
export interface Gguf {
  /** Name for messages. */
  readonly file: string;
  /** Metadata by key. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Whether it has a tensor. */
  has(name: string): boolean;
  /** A tensor, its axes from the slowest on; FormatError `missing-tensor`, `unsupported-quantisation`. */
  tensor(name: string): LazyTensor;
}

/** A tensor as the header describes it. */
interface Entry {
  readonly shape: readonly number[];
  readonly type: number;
  readonly begin: number;
}

/** Bytes of a tensor that are read and converted at a time. */
const partBytes = 2 ** 22;

/**
 * Opens a GGUF file of version 2 or 3 by its header.
 *
 * @throws FormatError `gguf-magic`, `gguf-version`, `gguf-truncated`, `gguf-metadata`, `duplicate-key`, `bad-shape`, `bad-offset`
 */
export async function openGguf(source: ByteSource): Promise<Gguf> {
  const { name: file } = source;
  const cursor = cursorOf(source);
  const fail = (code: string, message: string) => new FormatError(code, message, { file });
  await cursor.need(8);
  if (cursor.take(4).getUint32(0, true) !== 0x46554747)
    throw fail("gguf-magic", "the file must begin with GGUF, got other bytes");
  const version = cursor.take(4).getUint32(0, true);
  if (version !== 2 && version !== 3) {
    throw fail("gguf-version", `the version must be 2 or 3, little-endian, got ${version}; convert the model again`);
  }
  const tensorCount = await readUint64(cursor);
  const keyCount = await readUint64(cursor);
  const metadata = new Map<string, unknown>();
  for (let i = 0; i < keyCount; i++) {
    const key = await readString(cursor);
    if (metadata.has(key))
      throw fail("duplicate-key", `keys must be unique, got ${key} twice; convert the model again`);
    metadata.set(key, await readValue(cursor, await readUint32(cursor), file));
  }
  const found: (Entry & { readonly name: string })[] = [];
  for (let i = 0; i < tensorCount; i++) {
    const name = await readString(cursor);
    const rank = await readUint32(cursor);
    if (rank > 4) throw fail("bad-shape", `${name} must have at most 4 axes, got ${rank}; fetch the file again`);
    const shape: number[] = [];
    for (let axis = 0; axis < rank; axis++) shape.unshift(await readUint64(cursor));
    found.push({ name, shape, type: await readUint32(cursor), begin: await readUint64(cursor) });
  }
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !(alignment >= 1 && alignment <= 2 ** 20)) {
    throw fail("gguf-metadata", `general.alignment must be from 1 to 2^20, got ${alignment}; convert the model again`);
  }
  const data = Math.ceil(cursor.place() / alignment) * alignment;
  const tensors = new Map<string, Entry>();
  for (const { name, shape, type, begin } of found) {
    if (tensors.has(name))
      throw fail("duplicate-key", `tensors must have different names, got ${name} twice; convert the model again`);
    const entry = { shape, type, begin: data + begin };
    checkPlace(name, entry, source);
    tensors.set(name, entry);
  }
  return {
    file,
    metadata: Object.fromEntries(metadata),
    has: (name) => tensors.has(name),
    tensor: (name) => {
      const entry = tensors.get(name);
      if (entry !== undefined) return lazyTensor(name, entry, source);
      throw new FormatError("missing-tensor", `the file must have ${name}, got none; convert the model again`, {
        file,
        tensor: name,
      });
    },
  };
}

/** Whole blocks along the last axis, and within the file. */
function checkPlace(name: string, { shape, type, begin }: Entry, source: ByteSource): void {
  const known = knownQuantisation(type);
  if (known === undefined) return; // refused where it is needed
  const at = { file: source.name, tensor: name };
  const count = shape.reduce((product, size) => product * size, 1);
  if (!(count >= 1 && count <= Number.MAX_SAFE_INTEGER) || (shape.at(-1) ?? 1) % known.values !== 0) {
    const message = `${name} must have rows of whole blocks of ${known.values}, got shape [${shape.join(", ")}]; convert the model again`;
    throw new FormatError("bad-shape", message, at);
  }
  const end = begin + (count / known.values) * known.bytes;
  if (end <= source.size) return;
  const message = `${name} must end within the file of ${source.size} bytes, got ${end}; fetch it again, it is cut short`;
  throw new FormatError("bad-offset", message, at);
}

function lazyTensor(name: string, { shape, type, begin }: Entry, source: ByteSource): LazyTensor {
  const { values, bytes, decode } = quantisationOf(type, name, source.name);
  const count = shape.reduce((product, size) => product * size, 1);
  const atOnce = Math.floor(partBytes / bytes) * values;
  return {
    name,
    shape,
    read: async () => {
      const numbers = new Float32Array(count);
      for (let first = 0; first < count; first += atOnce) {
        const size = Math.min(atOnce, count - first);
        numbers.set(decode(await source.read(begin + (first / values) * bytes, (size / values) * bytes)), first);
      }
      return numbers;
    },
  };
}
