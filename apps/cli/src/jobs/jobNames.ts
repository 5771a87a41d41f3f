import { runName, variedOptions } from "@monosema/experiments/format";
import type { Job } from "@monosema/runs";
import { shardName } from "../shards/shardJobs.js";

/** What a person calls each of some jobs: a training by what is varied, a shard by its rows. */
export function jobNames(jobs: readonly Job[]): (job: Job) => string {
  const varied = variedOptions(jobs.filter(isTraining).map(optionsOf));
  return (job) => (isTraining(job) ? runName(optionsOf(job), varied) : `${job.kind}, ${shardName(job)}`);
}

const isTraining = ({ kind }: Job): boolean => kind === "train";

const optionsOf = ({ parameters }: Job): { readonly params: Readonly<Record<string, string | true>> } => ({
  params: parameters.options as Readonly<Record<string, string | true>>,
});
