import { FormatError } from "../../errors.js";
import { type ByteSource, readStart } from "../byteSource.js";
import type { StoredTensor } from "../dtype.js";
import type { TensorReader } from "../tensorReader.js";
import { isZip } from "../zip/openZip.js";
import { type PtValue, ptContent } from "./ptValue.js";
import { readArchive } from "./readArchive.js";
import { readLegacy } from "./readLegacy.js";

/** A PyTorch file of which all but the numbers of its tensors was read. */
export interface PtReader {
  /** What the file holds; its tensors are handles. */
  readonly value: PtValue;
  /** Its tensors by their paths, such as `state_dict.encoder.weight`; the empty path for a tensor alone. */
  readonly tensors: ReadonlyMap<string, TensorReader>;
  /** The tensor with this path; FormatError `tensor-not-found` if it is absent. */
  tensor(path: string): TensorReader;
  /** The numbers of a tensor; FormatError `tensor-not-found`. */
  readTensor(path: string): Promise<StoredTensor>;
  /** Rows `start` to `start + count - 1` of a tensor; FormatError `tensor-not-found`. */
  readRows(path: string, start: number, count: number): Promise<StoredTensor>;
  /** Closes the source. */
  close(): Promise<void>;
}

/**
 * Opens a file of `torch.save` (`.pt`, `.pth`, `.bin`): a zip, or the form before PyTorch 1.6. Its pickle is interpreted over a list of
 * names that make tensors and plain data - state dicts, parameters, configs, metrics of numpy - and executes nothing.
 *
 * @throws FormatError `pt-magic`, `pt-legacy`, `pt-archive`, `pt-torchscript`, `pt-byteorder`; `pt-forbidden-global` naming what the pickle
 * wants; `pt-pickle`, `pt-truncated`, `pt-limit`; `pt-size`, `pt-bounds`, `pt-view` of storages and tensors; `unsupported-dtype`,
 * `duplicate-key`, `lfs-pointer`; those of `openZip`
 */
export async function openPt(source: ByteSource): Promise<PtReader> {
  const { name: file } = source;
  const start = await readStart(source, 4);
  if (!isZip(start, source) && !startsLegacyPt(start)) {
    const message = "the file must be what torch.save writes, got other first bytes; save it with torch.save";
    throw new FormatError("pt-magic", message, { file });
  }
  const { value, tensors } = ptContent(await (isZip(start, source) ? readArchive : readLegacy)(source), file);
  const tensor = (path: string): TensorReader => {
    const found = tensors.get(path);
    if (found !== undefined) return found;
    const message = `the file must hold ${path}, got ${[...tensors.keys()].slice(0, 100).join(", ") || "no tensors"}`;
    throw new FormatError("tensor-not-found", message, { file, tensor: path });
  };
  return {
    value,
    tensors,
    tensor,
    readTensor: async (path) => await tensor(path).readTensor(),
    readRows: async (path, first, count) => await tensor(path).readRows(first, count),
    close: () => source.close(),
  };
}

/** Whether a file begins as one of PyTorch before 1.6: with a pickle of protocol 2 or later. */
export function startsLegacyPt([first, protocol = 0, next]: Uint8Array): boolean {
  return first === 0x80 && protocol >= 2 && protocol <= 5 && (next === 0x8a || next === 0x95);
}
