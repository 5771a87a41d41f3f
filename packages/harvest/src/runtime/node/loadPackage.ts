import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { BackendError } from "@monosema/tensor";

/** Folders whose `node_modules` are searched: `MONOSEMA_ONNXRUNTIME` where it is set, else this package and the working folder. */
export function searchedFolders(): readonly string[] {
  const named = process.env.MONOSEMA_ONNXRUNTIME;
  return named === undefined || named === "" ? [import.meta.dirname, process.cwd()] : [named];
}

/** A package that was loaded. */
export interface LoadedPackage<T> {
  /** What it exports. */
  readonly exports: T;
  /** Its version. */
  readonly version: string;
}

/**
 * Loads an optional package.
 *
 * @param install - the command that installs it
 * @throws BackendError `not-installed`, or `broken-install` where it is there but does not load
 */
export function loadPackage<T>(name: string, from: readonly string[], install: string): LoadedPackage<T> {
  const place = from
    .flatMap((base) => {
      const require = createRequire(join(resolve(base), "index.js"));
      return (require.resolve.paths(name) ?? []).map((modules) => ({ require, folder: join(modules, name) }));
    })
    .find(({ folder }) => existsSync(join(folder, "package.json")));
  if (place === undefined) {
    throw new BackendError(
      "not-installed",
      `${name} must be installed, got nothing from ${from.join(" or ")}; run ${install}, or set MONOSEMA_ONNXRUNTIME to a folder that has it`,
    );
  }
  try {
    const { version } = JSON.parse(readFileSync(join(place.folder, "package.json"), "utf8")) as { version?: string };
    return { exports: place.require(name) as T, version: version ?? "unknown" };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new BackendError(
      "broken-install",
      `${name} in ${place.folder} must load, got "${reason}"; remove that folder and run ${install} on this machine`,
      { cause },
    );
  }
}
