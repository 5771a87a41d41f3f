import { join } from "node:path";
import type { FeatureRecord } from "@monosema/features";
import type { Session } from "../session.js";

/** Latents up to which all are in one file. */
const ONE_FILE = 4096;
/** Latents of a chunk. */
const CHUNK = 1024;

/** Names of the files, for `writes`. */
export const featureFileNames: readonly string[] = ["features.json", "features-*", "index.html"];

/**
 * Writes features.json: the records of up to 4,096 latents, else a list of files with those of 1,024 each. Numbers have six significant
 * digits.
 *
 * @returns path of features.json
 */
export async function writeFeatures(
  { write }: Session,
  out: string,
  features: readonly FeatureRecord[],
  alive: number,
): Promise<string> {
  const path = join(out, "features.json");
  if (features.length <= ONE_FILE) {
    await write(path, listText(features));
    return path;
  }
  const chunks: string[] = [];
  for (let start = 0; start < features.length; start += CHUNK) {
    const name = `features-${chunks.length}.json`;
    await write(join(out, name), listText(features.slice(start, start + CHUNK)));
    chunks.push(name);
  }
  await write(path, `${JSON.stringify({ latents: features.length, alive, chunks }, null, 1)}\n`);
  return path;
}

/** A record a line. */
const listText = (features: readonly FeatureRecord[]): string =>
  `[\n${features.map((one) => JSON.stringify(one, rounded)).join(",\n")}\n]\n`;

function rounded(key: string, value: unknown): unknown {
  if (key === "view") return undefined;
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
