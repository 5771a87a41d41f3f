import { createHash } from "node:crypto";
import { type Files, type HarvestModel, openModel } from "@monosema/harvest";
import { folderFiles } from "@monosema/harvest/node";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";

/** An opened model, and a hash of its files. */
export interface OpenedModel extends HarvestModel {
  /** SHA-256 of the files that it was read from. */
  readonly sha256: () => Promise<string>;
}

/** Opens the MODEL of the command line. */
export async function openHarvestModel(session: Session): Promise<OpenedModel> {
  const [path = ""] = session.given.positionals;
  const files = await folderFiles(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `MODEL must be a file or folder, got ${path} (${error.code ?? error.message}); check the path`,
      {
        cause: error,
      },
    );
  });
  const { watched, opened } = recorded(files);
  const model = await openModel(watched);
  return { ...model, sha256: () => hashed(files, opened()) };
}

/** The files, and the names of those that were opened. */
function recorded(files: Files): { readonly watched: Files; readonly opened: () => readonly string[] } {
  const names = new Set<string>();
  const open: Files["open"] = (name) => {
    names.add(name);
    return files.open(name);
  };
  return { watched: { ...files, open }, opened: () => [...names].sort() };
}

async function hashed(files: Files, names: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const name of names) {
    const source = await files.open(name);
    hash.update(`${name} ${source.size}\n`);
    for (let at = 0; at < source.size; at += part) hash.update(await source.read(at, Math.min(part, source.size - at)));
    await source.close();
  }
  return hash.digest("hex");
}

/** Bytes that are hashed at a time. */
const part = 2 ** 22;
