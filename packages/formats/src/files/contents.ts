import type { CheckpointFiles } from "@monosema/sdl";
import {
  isPtTensor,
  openPt,
  openSafetensors,
  openTensors,
  ptRecords,
  type StoredTensor,
  type TensorsReader,
} from "@monosema/tensor";
import { isRecord, type JsonRecord } from "./configKeys.js";

/** A file of tensors - safetensors, npz or PyTorch - by its directory. */
export interface Contents {
  /** Its path, for messages. */
  readonly file: string;
  /** It is what torch.save writes. */
  readonly isPyTorch: boolean;
  /** Names of its tensors; in a PyTorch file their paths, such as `state_dict.encoder.weight`. */
  readonly names: ReadonlySet<string>;
  /** What it holds beside tensors: the dict of a PyTorch file, the metadata of a safetensors file. */
  readonly plain: JsonRecord;
  /** Reads the tensors whose names begin with a text, which is left out of their names. */
  readonly tensors: (prefix?: string) => Promise<ReadonlyMap<string, StoredTensor>>;
}

/**
 * Opens a file of tensors for as long as it is used.
 *
 * @throws FormatError of the kind of file
 */
export async function withContents<T>(
  files: CheckpointFiles,
  name: string,
  use: (contents: Contents) => Promise<T> | T,
): Promise<T> {
  const source = await files.open(name);
  try {
    const reader = await openTensors(source);
    const isPyTorch = reader.format === "a PyTorch file";
    const isSafetensors = reader.format === "a safetensors file";
    return await use({
      file: source.name,
      isPyTorch,
      names: new Set(reader.names),
      plain: isPyTorch
        ? plainOf(ptRecords((await openPt(source)).value))
        : isSafetensors
          ? Object.fromEntries((await openSafetensors(source)).metadata)
          : {},
      tensors: (prefix = "") => readPrefixed(reader, prefix),
    });
  } finally {
    await source.close();
  }
}

async function readPrefixed(reader: TensorsReader, prefix: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const read = new Map<string, StoredTensor>();
  for (const name of reader.names) {
    if (name.startsWith(prefix)) read.set(name.slice(prefix.length), await (await reader.open(name)).readTensor());
  }
  return read;
}

/** The dict of a PyTorch file without its tensors. */
function plainOf(value: unknown): JsonRecord {
  if (!isRecord(value) || isPtTensor(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !isPtTensor(item)));
}
