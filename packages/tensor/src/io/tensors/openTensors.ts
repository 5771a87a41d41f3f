import { FormatError } from "../../errors.js";
import { type ByteSource, readStart } from "../byteSource.js";
import type { StoredTensor } from "../dtype.js";
import type { TensorReader } from "../tensorReader.js";
import { tensorFormats } from "./formats.js";
import type { TensorFormat } from "./tensorFormat.js";

/** A file of tensors of any kind, of which only the headers were read. */
export interface TensorsReader {
  /** Kind of the file with its article, such as `an npz file`. */
  readonly format: string;
  /** Names of the tensors; the empty one where the file holds a single tensor without a name. */
  readonly names: readonly string[];
  /** One of them; FormatError `tensor-not-found`. */
  open(name: string): Promise<TensorReader>;
  /** All of them, read one after the other. */
  readAll(): Promise<ReadonlyMap<string, StoredTensor>>;
  /** Closes the source. */
  close(): Promise<void>;
}

/**
 * Opens a file of safetensors, npy, npz or PyTorch, told apart by their first bytes.
 *
 * @throws FormatError `unknown-format`, `lfs-pointer`, or those of the format
 */
export async function openTensors(source: ByteSource): Promise<TensorsReader> {
  const format = await formatOf(source);
  const readers = await format.open(source);
  const { names } = readers;
  const open = async (name: string): Promise<TensorReader> => {
    if (names.includes(name)) return await readers.open(name);
    const got = names.slice(0, 100).join(", ") || (names.length === 0 ? "no tensors" : "one tensor without a name");
    const message = `the file must hold ${JSON.stringify(name)}, got ${got}; name one that it holds`;
    throw new FormatError("tensor-not-found", message, { file: source.name, tensor: name });
  };
  return {
    format: format.name,
    names,
    open,
    readAll: async () => {
      const tensors = new Map<string, StoredTensor>();
      for (const name of names) tensors.set(name, await (await open(name)).readTensor());
      return tensors;
    },
    close: () => source.close(),
  };
}

async function formatOf(source: ByteSource): Promise<TensorFormat> {
  const start = await readStart(source, 9);
  for (const format of tensorFormats) if (await format.detects(start, source)) return format;
  const message = "the file must be npy, npz, safetensors or PyTorch by its first bytes, got another one; convert it";
  throw new FormatError("unknown-format", message, { file: source.name });
}
