import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository root, without a trailing slash. */
export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** The shared folder with vectors and data: `MONOSEMA_SHARED`, else `../shared` beside the repository. */
export const sharedFolder = resolve(root, process.env.MONOSEMA_SHARED || "../shared");

/** The parsed JSON file at a path relative to the root. */
export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/** Every workspace, as `{folder, manifest}` with the folder relative to the root, in a fixed order. */
export function workspaces() {
  const nested = ["packages", "apps"].flatMap((parent) =>
    existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => `${parent}/${name}`) : [],
  );
  return [...nested.sort(), "docs"]
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .map((folder) => ({ folder, manifest: readJson(`${folder}/package.json`) }));
}
