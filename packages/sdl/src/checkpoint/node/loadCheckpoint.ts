import type { Checkpoint } from "../checkpoint.js";
import { type ReadCheckpointOptions, readCheckpoint } from "../readCheckpoint.js";
import { checkpointFiles } from "./checkpointFiles.js";

/** A checkpoint that was found on disk. */
export interface LocatedCheckpoint extends Checkpoint {
  /** Its folder. */
  readonly folder: string;
}

/**
 * Loads a dictionary from disk; by default from a SAELens folder, ours included.
 *
 * @param path - the folder, or one of its files, such as `sae_weights.safetensors` or `cfg.json`
 * @throws FormatError: `not-found`, `missing-file`, `unknown-format`, or a code of the format, such as those of `fromSaelens`
 */
export async function loadCheckpoint(path: string, options: ReadCheckpointOptions = {}): Promise<LocatedCheckpoint> {
  const files = await checkpointFiles(path);
  return { ...(await readCheckpoint(files, options)), folder: files.folder };
}
