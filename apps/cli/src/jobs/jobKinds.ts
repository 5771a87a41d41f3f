import { type Job, JobError, type RunJob } from "@monosema/runs";
import { runShardJob } from "../shards/runShardJob.js";
import { runTrainJob } from "../sweep/runTrainJob.js";
import type { JobOptions } from "./jobOptions.js";

/** What does the jobs of each kind. */
const jobKinds: Readonly<Record<string, (options: JobOptions) => RunJob>> = {
  train: runTrainJob,
  codes: runShardJob,
  encode: runShardJob,
  evaluate: runShardJob,
  features: runShardJob,
};

/** Does a job of any kind. */
export function runJob(options: JobOptions): RunJob {
  return async (job: Job, workplace) => {
    const kind = Object.hasOwn(jobKinds, job.kind) ? jobKinds[job.kind] : undefined;
    if (kind) return await kind(options)(job, workplace);
    const known = Object.keys(jobKinds).join(", ");
    throw new JobError(`the job must be one of ${known}, got ${job.kind}; use the version that made it`, "final");
  };
}
