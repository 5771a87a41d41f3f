import { FormatError } from "../../errors.js";
import { type ByteSource, rangeSource } from "../byteSource.js";
import type { PickleHost } from "../pickle/machine.js";
import { type PickleValue, readPickle } from "../pickle/readPickle.js";
import { ptHost } from "./ptHost.js";
import type { FindStorage, StorageKey, StorageSource } from "./storage.js";

/** What the first pickle of such a file says. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
/** Bytes that are read for the pickles: at first, and at most. */
const [firstBytes, mostBytes] = [2 ** 16, 2 ** 26];

/**
 * The value of a `.pt` file as PyTorch wrote it before 1.6: pickles of a magic number, a version, the machine, the value and the keys of
 * the storages; then each storage, its element count before it.
 */
export async function readLegacy(source: ByteSource): Promise<unknown> {
  const places = new Map<string, Place>();
  const { value, keys, end } = await readPickles(source, storages(source, places));
  await findStorages(source, places, keys, end);
  return value;
}

/** A storage and where it lies. */
interface Place extends StorageKey {
  /** First byte, when it is known. */
  begin?: number;
}

/** The pickles; from more of the file where they do not end in the first part of it. */
async function readPickles(
  source: ByteSource,
  find: FindStorage,
): Promise<{ readonly value: unknown; readonly keys: unknown; readonly end: number }> {
  for (let length = firstBytes; ; length *= 4) {
    const most = Math.min(length, mostBytes, source.size);
    const bytes = await source.read(0, most);
    try {
      return parsePickles(bytes, ptHost(find, source.name), source.name);
    } catch (error) {
      const goesOn =
        error instanceof FormatError && error.code === "pt-truncated" && most < Math.min(mostBytes, source.size);
      if (!goesOn) throw error;
    }
  }
}

function parsePickles(
  bytes: Uint8Array,
  host: PickleHost,
  file: string,
): { readonly value: unknown; readonly keys: unknown; readonly end: number } {
  let end = 0;
  const next = (): unknown => {
    const pickle: PickleValue = readPickle(bytes, end, host, file);
    end = pickle.end;
    return pickle.value;
  };
  const [magic, version] = [next(), next()];
  if (magic !== MAGIC || version !== VERSION) {
    const message = "the file must be what torch.save writes, got another pickle; save it again with a newer PyTorch";
    throw new FormatError("pt-legacy", message, { file });
  }
  const machine = next();
  if (!(machine instanceof Map) || machine.get("little_endian") !== true) {
    const message = "numbers must be little-endian, got other ones; save it on a little-endian machine";
    throw new FormatError("pt-byteorder", message, { file });
  }
  const [value, keys] = [next(), next()];
  return { value, keys, end };
}

/** Notes where each storage begins, in the order of their keys. */
async function findStorages(
  source: ByteSource,
  places: ReadonlyMap<string, Place>,
  keys: unknown,
  end: number,
): Promise<void> {
  if (!Array.isArray(keys) || keys.length !== places.size || new Set(keys).size !== keys.length) {
    throw damaged(source.name, "the storages of the file must be those of its tensors, got others");
  }
  let at = end;
  for (const key of keys) {
    const place = places.get(key as string);
    if (place === undefined || !(at + 8 + place.size <= source.size)) {
      throw damaged(source.name, `a storage of a tensor must begin at byte ${at} and end with the file, got none`);
    }
    const bytes = await source.read(at, 8);
    const count = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
    if (count !== BigInt(place.count)) {
      throw damaged(source.name, `storage ${place.key.slice(0, 200)} must have ${place.count} elements, got ${count}`);
    }
    place.begin = at + 8;
    at = place.begin + place.size;
  }
  if (at !== source.size)
    throw damaged(source.name, `the file must end with its last storage at ${at}, got ${source.size} bytes`);
}

/** Storages by their keys; where they lie is known when all pickles are read. */
function storages(source: ByteSource, places: Map<string, Place>): FindStorage {
  return (asked) => {
    const place: Place = places.get(asked.key) ?? { ...asked };
    if (place.size !== asked.size)
      throw damaged(source.name, `storage ${asked.key.slice(0, 200)} must have one size, got two`);
    places.set(asked.key, place);
    const open = async (): Promise<StorageSource> => ({
      ...rangeSource(source, place.begin as number, place.size, source.name),
      verify: async () => {}, // these files have no checksums
    });
    return { open };
  };
}

function damaged(file: string, message: string): FormatError {
  return new FormatError("pt-size", `${message}; the file is damaged or cut short`, { file });
}
