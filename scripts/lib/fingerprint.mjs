import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { sharedFolder } from "./workspace.mjs";

/**
 * A hash of what tests depend on outside the repository: the Node version, the vectors' content, and names and sizes of
 * the shared data. turbo takes it as an input, so that no pass is replayed after one of them has changed.
 */
export function fingerprint() {
  const hash = createHash("sha256").update(`${process.version} ${process.platform} ${process.arch}\n`);
  for (const { file, path } of filesUnder(vectorsFolder())) hash.update(`${file}\n`).update(readFileSync(path));
  for (const { file, path } of filesUnder(join(sharedFolder, "data"))) hash.update(`${file} ${statSync(path).size}\n`);
  return hash.digest("hex");
}

/** The folder of reference vectors: `MONOSEMA_VECTORS`, else `vectors` in the shared folder. */
export function vectorsFolder() {
  return process.env.MONOSEMA_VECTORS
    ? resolve(process.env.INIT_CWD ?? ".", process.env.MONOSEMA_VECTORS)
    : join(sharedFolder, "vectors");
}

/** Files below a folder as `{file, path}`, `file` relative with forward slashes, sorted; none where it is absent. */
export function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => ({ file: name.replaceAll("\\", "/"), path: join(folder, name) }))
    .filter(({ path }) => statSync(path).isFile())
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}
