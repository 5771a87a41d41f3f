import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FormatError } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import type { CheckpointFiles, CheckpointFormat } from "../format.js";

/**
 * The files of a checkpoint on disk: those of a folder, or of the folder of a file that stands for its checkpoint.
 *
 * @param formats - whose handles are files that stand for their folder
 * @throws FormatError `not-found`
 */
export async function checkpointFiles(path: string, formats: readonly CheckpointFormat[]): Promise<CheckpointFiles> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    throw new FormatError("not-found", "a checkpoint folder must be there, got nothing; check the path", {
      file: path,
    });
  });
  if (found.isDirectory()) return filesIn(path, await readdir(path));
  const name = basename(path);
  const isHandle = formats.some(({ handles }) => handles.includes(name));
  return isHandle ? checkpointFiles(dirname(path), formats) : { ...filesIn(dirname(path), [name]), folder: path };
}

const filesIn = (folder: string, names: readonly string[]): CheckpointFiles => ({
  folder,
  names: new Set(names),
  open: (name) => fileSource(join(folder, name), join(folder, name)),
});
