import { join } from "node:path";
import { type FileSystem, nodeFileSystem, writeFileAtomic, writeFolderAtomic } from "@monosema/tensor/node";
import type { Model } from "../../model.js";
import { weightsFile, writeSaelens } from "../saelens.js";

/** Options of the functions that save. */
export interface SaveOptions {
  /** File system to write to. Default: that of the machine. */
  readonly fs?: FileSystem;
}

/**
 * Saves a dictionary as a SAELens folder (see `toSaelens`). A new folder appears complete or not at all; in a folder that is
 * there, other files are left alone, and after a crash at any moment it holds the old dictionary or the new one: the weights file
 * carries its own specification.
 *
 * @returns sentences about what SAELens cannot do with it
 * @throws RangeError as `toSaelens`; Error that names the path and the cause, such as a full disk, with nothing half-written
 */
export async function saveCheckpoint(
  folder: string,
  model: Model,
  { fs = nodeFileSystem }: SaveOptions = {},
): Promise<readonly string[]> {
  const { files, warnings } = writeSaelens(model);
  const before = await whatIsThere(folder, fs);
  if (before === "nothing") {
    await writeFolderAtomic(folder, files, fs);
    return warnings;
  }
  try {
    for (const [name, content] of files) await writeFileAtomic(join(folder, name), content, fs);
  } catch (error) {
    if (before === "folder") await fs.remove(join(folder, weightsFile));
    throw error;
  }
  return warnings;
}

async function whatIsThere(folder: string, fs: FileSystem): Promise<"nothing" | "folder" | "checkpoint"> {
  try {
    if (!(await fs.exists(folder))) return "nothing";
    return (await fs.exists(join(folder, weightsFile))) ? "checkpoint" : "folder";
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `saveCheckpoint: ${folder} must be a folder or a path for a new one, got "${reason}"; choose another`,
      {
        cause,
      },
    );
  }
}
