import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "@monosema/tensor";
import { type HarvestManifest, type HarvestSettings, resumedManifest } from "../harvest/manifest.js";
import { manifestName } from "../read/manifest.js";

/**
 * What an earlier run of the same harvest has finished in a folder: its manifest up to the first shard that is missing or of another
 * size; undefined where there is none.
 *
 * @throws FormatError where the folder is that of another harvest
 */
export async function finishedShards(folder: string, settings: HarvestSettings): Promise<HarvestManifest | undefined> {
  const path = join(folder, manifestName);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const manifest = resumedManifest(parseJson(text, path), settings, path);
  const { shards } = manifest;
  let whole = 0;
  while (whole < shards.length && (await sizeOf(join(folder, shards[whole]?.file as string))) === shards[whole]?.bytes)
    whole++;
  if (whole === shards.length) return manifest;
  return { ...manifest, shards: shards.slice(0, whole), complete: false };
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => -1,
  );
