import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TrainDocument } from "@monosema/experiments/report";
import { type Job, JobError, type Json, type RunJob, runProgram } from "@monosema/runs";
import { trainingArguments } from "./options.js";
import { pinText } from "./refusals.js";
import { pinsOf } from "./trainJobs.js";

/** Seconds between two states of a run. */
const saveSeconds = 60;
/** More steps than any run has: states are saved by time alone. */
const never = 2 ** 40;

const program = fileURLToPath(new URL("../../bin/monosema.js", import.meta.url));

/** What a training gives to the table of its sweep. */
export interface TrainValue {
  /** Figures of all rows. */
  readonly metrics: TrainDocument["metrics"];
  /** Figures of the rows that were held out; null without any. */
  readonly heldOut: TrainDocument["heldOut"];
  /** Samples per second. */
  readonly samplesPerSecond: number;
  /** What the run warned of. */
  readonly warnings: readonly string[];
  /** Folder of the checkpoint in the store. */
  readonly checkpoint: string;
  /** SHA-256 of its weights. */
  readonly sha256: string;
}

/** Options of {@link runTrainJob}. */
export interface TrainJobOptions {
  /** Threads of one run; the same bits for any number. */
  readonly threads: number;
  /** Steps between two states, where not by time. */
  readonly saveEvery?: number;
}

/** Trains in a process of its own, that goes on from a state of an earlier attempt and ends with this one. */
export function runTrainJob({ threads, saveEvery = never }: TrainJobOptions): RunJob {
  return async (job, { folder, resumedFrom, signal }) => {
    const saving = [`--save-every=${saveEvery}`, `--save-every-seconds=${saveSeconds}`];
    const begin = resumedFrom > 0 ? [`--resume=${folder}`] : [`--out=${folder}`, ...optionsOf(job)];
    const args = ["train", ...begin, ...inputsOf(job), ...saving, `--threads=${threads}`, "--json", "--quiet"];
    const document = JSON.parse(await runProgram(program, args, { signal })) as TrainDocument;
    const got = pinsOf(document.backend as Parameters<typeof pinsOf>[0]);
    for (const [name, wanted] of Object.entries(job.pins)) {
      if (got[name] === wanted) continue;
      throw new JobError(pinText(name, wanted, got[name]), "refused");
    }
    const { metrics, heldOut, samplesPerSecond, warnings } = document;
    const weights = createHash("sha256").update(await readFile(join(folder, "sae_weights.safetensors")));
    const value: TrainValue = {
      ...{ metrics, heldOut, samplesPerSecond, warnings },
      checkpoint: join("jobs", basename(dirname(folder)), basename(folder)),
      sha256: weights.digest("hex"),
    };
    return value as unknown as Json;
  };
}

function optionsOf({ parameters, pins: { backend, tier } }: Job): readonly string[] {
  const options = parameters.options as Readonly<Record<string, string | true>>;
  const pinned = [`--backend=${backend}`, ...(tier === undefined ? [] : [`--tier=${tier}`])];
  return [...trainingArguments(options), ...pinned];
}

/** What a job reads, by the options that name it: `data.0` is the first `--data`. */
const inputsOf = ({ inputs }: Job): readonly string[] =>
  Object.entries(inputs).map(([name, { path }]) => `--${name.replace(/\.\d+$/, "")}=${path}`);
