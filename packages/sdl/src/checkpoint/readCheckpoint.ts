import { FormatError } from "@monosema/tensor";
import type { Checkpoint } from "./checkpoint.js";
import type { CheckpointFiles, CheckpointFormat, ReadOptions } from "./format.js";
import { saelens } from "./saelens.js";

/** The formats of this package; a new one is a record of its own and its line here. */
export const checkpointFormats: readonly CheckpointFormat[] = [saelens];

/** Options of {@link readCheckpoint}. */
export interface ReadCheckpointOptions extends ReadOptions {
  /** Formats that are known; the first that detects the files reads them. Default {@link checkpointFormats}. */
  readonly formats?: readonly CheckpointFormat[];
}

/**
 * Reads a dictionary from files of any format that is known.
 *
 * @throws FormatError `unknown-format`, or one of the format
 */
export async function readCheckpoint(
  files: CheckpointFiles,
  { formats = checkpointFormats, ...options }: ReadCheckpointOptions = {},
): Promise<Checkpoint> {
  for (const format of formats) if (await format.detects(files)) return await format.read(files, options);
  throw unknown(files, formats);
}

function unknown({ folder, main, names }: CheckpointFiles, formats: readonly CheckpointFormat[]): FormatError {
  const known = formats.flatMap(({ name, files }) => (files === undefined ? [] : [`${name} (${files})`])).join(", ");
  const listed = [...names].slice(0, 8).join(", ") || "an empty folder";
  const got = names.has("states") ? "only training states; resume the run to finish it" : `${main ?? listed}; ${cure}`;
  const message = `a dictionary must be of one of the formats ${known}, got ${got}`;
  return new FormatError("unknown-format", message, { file: folder });
}

const cure = "name the folder of a checkpoint, or one file of weights";
