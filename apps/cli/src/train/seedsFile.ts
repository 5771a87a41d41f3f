import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type SdlSpec, validateSpec } from "@monosema/sdl";
import * as z from "zod/mini";
import { UsageError } from "../usageError.js";
import { parseConfig, type TrainConfig } from "./config.js";

/** Runs that differ by seed alone. */
export interface SeedRuns {
  /** Seed of each. */
  readonly seeds: readonly number[];
  /** What they have in common; its seed is the first. */
  readonly config: TrainConfig;
  /** Their objective. */
  readonly spec: SdlSpec;
}

/** The file that says what the runs of `--seeds` are, before the first of them has saved a state. */
export const seedsFile = "seeds.json";

/** Its content. */
export const seedsJson = ({ seeds, config, spec }: SeedRuns): string =>
  `${JSON.stringify({ seeds, config, spec }, null, 2)}\n`;

/**
 * The runs that a folder was made for; undefined where it is the folder of one run, or of none.
 *
 * @throws UsageError where the file cannot be understood
 */
export async function readSeeds(folder: string): Promise<SeedRuns | undefined> {
  const text = await readFile(join(folder, seedsFile), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { seeds, config, spec } = schema.parse(JSON.parse(text));
    return { seeds, config: parseConfig(config, folder), spec: validateSpec(spec) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `--resume must name the folder of a run of monosema train, got ${folder}, whose ${seedsFile} is not valid; start the runs anew`,
      { cause: error },
    );
  }
}

const schema = z.object({
  seeds: z.array(z.number()).check(z.minLength(2)),
  config: z.unknown(),
  spec: z.unknown(),
});
