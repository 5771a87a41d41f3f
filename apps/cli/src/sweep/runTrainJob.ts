import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainDocument } from "@monosema/experiments/report";
import { type Job, type Json, type RunJob, runProgram } from "@monosema/runs";
import { inputArguments, pinned, refuseOtherPins } from "../jobs/jobArguments.js";
import type { JobOptions } from "../jobs/jobOptions.js";
import { folderInStore } from "../jobs/stores/folderInStore.js";
import { program } from "../program.js";
import { trainingArguments } from "./options.js";

/** Seconds between two states of a run. */
const saveSeconds = 60;
/** More steps than any run has: states are saved by time alone. */
const never = 2 ** 40;

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

/** Trains in a process of its own, that goes on from a state of an earlier attempt and ends with this one. */
export function runTrainJob({ threads, saveEvery = never }: JobOptions): RunJob {
  return async (job, { folder, resumedFrom, signal }) => {
    const saving = [`--save-every=${saveEvery}`, `--save-every-seconds=${saveSeconds}`];
    const begin = resumedFrom > 0 ? [`--resume=${folder}`] : [`--out=${folder}`, ...optionsOf(job)];
    const args = ["train", ...begin, ...inputArguments(job), ...saving, `--threads=${threads}`, "--json", "--quiet"];
    const document = JSON.parse(await runProgram(program, args, { signal })) as TrainDocument;
    refuseOtherPins(job, document.backend);
    const { metrics, heldOut, samplesPerSecond, warnings } = document;
    const weights = createHash("sha256").update(await readFile(join(folder, "sae_weights.safetensors")));
    const value: TrainValue = {
      ...{ metrics, heldOut, samplesPerSecond, warnings },
      checkpoint: folderInStore(folder),
      sha256: weights.digest("hex"),
    };
    return value as unknown as Json;
  };
}

const optionsOf = (job: Job): readonly string[] => [
  ...trainingArguments(job.parameters.options as Readonly<Record<string, string | true>>),
  ...pinned(job),
];
