import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DocumentHead } from "@monosema/experiments";
import { type Json, type RunJob, runProgram } from "@monosema/runs";
import { pinned, refuseOtherPins } from "../jobs/jobArguments.js";
import type { JobOptions } from "../jobs/jobOptions.js";
import { program } from "../program.js";

/** The document of `monosema shard`. */
export interface ShardDocument extends DocumentHead {
  /** What its kind gives. */
  readonly value: Json;
}

/** Works on a shard in a process of its own, that ends with this one. */
export function runShardJob({ threads }: JobOptions): RunJob {
  return async (job, { folder, signal }) => {
    const file = join(folder, "job.json");
    await writeFile(file, `${JSON.stringify(job)}\n`);
    const args = ["shard", file, ...pinned(job), `--threads=${threads}`, "--json", "--quiet"];
    const { backend, value } = JSON.parse(await runProgram(program, args, { signal })) as ShardDocument;
    refuseOtherPins(job, backend);
    return value;
  };
}
