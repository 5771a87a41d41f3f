import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileSource } from "@monosema/tensor/node";
import type { Files } from "../files.js";

/** The files of a folder; of a file those of its folder, itself as the main one. Errors of the system name the path. */
export async function folderFiles(path: string): Promise<Files> {
  const isFolder = (await stat(path)).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const entries = await readdir(folder, { withFileTypes: true });
  return {
    name: basename(path),
    ...(isFolder ? {} : { main: basename(path) }),
    names: entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
    open: (name) => fileSource(join(folder, name)),
  };
}
