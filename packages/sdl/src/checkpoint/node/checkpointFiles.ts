import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FormatError } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import type { CheckpointFiles } from "../format.js";

/**
 * The files of a folder; of a file those of its folder, itself as the main one.
 *
 * @throws FormatError `not-found`
 */
export async function checkpointFiles(path: string): Promise<CheckpointFiles> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    throw new FormatError("not-found", "a checkpoint folder must be there, got nothing; check the path", {
      file: path,
    });
  });
  const folder = found.isDirectory() ? path : dirname(path);
  return {
    folder,
    ...(found.isDirectory() ? {} : { main: basename(path) }),
    names: new Set(await readdir(folder)),
    open: (name) => fileSource(join(folder, name), join(folder, name)),
  };
}
