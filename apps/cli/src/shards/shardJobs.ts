import { resolve } from "node:path";
import { type Job, type JobInput, type Json, jobOf } from "@monosema/runs";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { checkpointOptions } from "../checkpoint.js";
import { dataTexts } from "../dataFile.js";
import { inputName, inputOf } from "../jobs/jobInputs.js";
import { pinsOf } from "../jobs/pinsOf.js";
import type { Given } from "../options.js";
import { fileFacts } from "../train/fileFacts.js";
import { version } from "../version.js";
import { modelDigest } from "./modelDigest.js";
import type { Shard } from "./shard.js";

/** Work on the rows of files that is divided. */
export interface ShardPlan {
  /** Kind of work: the command. */
  readonly kind: string;
  /** The dictionary as it is run. */
  readonly model: Model;
  /** Rows of the files. */
  readonly rows: number;
  /** Those that are left out, ascending. */
  readonly leftOut: Int32Array;
  /** What else decides the result. */
  readonly settings: Shard["settings"];
}

/** What the job of a shard says of it. */
export interface ShardParameters extends Shard {
  /** Options that the dictionary is read with. */
  readonly reading: Readonly<Record<string, string>>;
  /** Its threshold, where it has one. */
  readonly threshold: number | null;
}

/** A job for every shard of `size` rows, in their order; the last may have fewer. */
export async function shardJobs(
  given: Given,
  backend: Backend,
  plan: ShardPlan,
  size: number,
): Promise<readonly Job[]> {
  const { kind, model, rows, leftOut, settings } = plan;
  const inputs: Record<string, JobInput> = {
    checkpoint: { path: resolve(given.positionals[0] as string), sha256: modelDigest(model) },
  };
  const matrices: Record<string, string | null> = {};
  for (const option of ["data", "target"]) {
    for (const [i, text] of filesOf(given, option).entries()) {
      const file = await fileFacts(option, text);
      inputs[inputName(option, i)] = inputOf(file);
      matrices[inputName(option, i)] = file.tensor ?? null;
    }
  }
  const reading = Object.fromEntries(
    Object.keys(checkpointOptions).flatMap((name) => [[name, given.text(name)] as const].filter(([, text]) => text)),
  ) as ShardParameters["reading"];
  return Array.from({ length: Math.ceil(rows / size) }, (_, shard) => {
    const [from, to] = [shard * size, Math.min(rows, (shard + 1) * size)];
    const parameters: ShardParameters = {
      ...{ from, to, of: rows, settings, reading },
      leftOut: [...leftOut.filter((row) => row >= from && row < to)],
      threshold: model.threshold ?? null,
    };
    return jobOf({
      kind,
      parameters: { ...parameters, matrices } as unknown as Readonly<Record<string, Json>>,
      inputs,
      pins: pinsOf(backend),
      version,
    });
  });
}

/** Absolute texts: only `--data` takes the matrix of `--tensor`. */
const filesOf = (given: Given, option: string): readonly string[] =>
  option === "data" ? dataTexts(given, option) : given.texts(option).map((text) => resolve(text));

/** What the job says of its shard. */
export const parametersOf = ({ parameters }: Job): ShardParameters => parameters as unknown as ShardParameters;

/** The rows of a job for a person. */
export function shardName(job: Job): string {
  const { from, to } = parametersOf(job);
  return `rows ${from} to ${to - 1}`;
}
