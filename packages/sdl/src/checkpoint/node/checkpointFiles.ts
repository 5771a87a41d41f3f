import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FormatError } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import type { CheckpointFiles } from "../format.js";

/** The only folder within another that some programs keep weights in. */
const inner = "checkpoints";

/**
 * The files of a folder, with those of `checkpoints` in it; of a file those of its folder, itself as the main one.
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
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries.some((entry) => entry.isDirectory() && entry.name === inner)
    ? (await readdir(join(folder, inner))).map((name) => `${inner}/${name}`)
    : [];
  return {
    folder,
    ...(found.isDirectory() ? {} : { main: basename(path) }),
    names: new Set([...entries.map(({ name }) => name), ...nested]),
    open: (name) => fileSource(join(folder, name), join(folder, name)),
  };
}
