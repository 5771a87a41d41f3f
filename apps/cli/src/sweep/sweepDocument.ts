import { join } from "node:path";
import type { SweepRun } from "@monosema/experiments/report";
import type { Job, JobResult, Store } from "@monosema/runs";
import type { TrainValue } from "./runTrainJob.js";

/** What a store knows of its trainings, in their order. */
export async function sweepRuns(store: Store, jobs: readonly Job[]): Promise<readonly SweepRun[]> {
  const runs: SweepRun[] = [];
  for (const job of jobs) runs.push(await sweepRun(store, job));
  return runs;
}

async function sweepRun(store: Store, { id, parameters }: Job): Promise<SweepRun> {
  const options = parameters.options as Readonly<Record<string, string | true>>;
  const result = await store.result(id);
  if (result !== undefined) return { id, options, state: "done", ...resultOf(store, result) };
  const failures = await store.failures(id);
  const step = Math.max(0, ...(await store.attempts(id)).map((attempt) => attempt.step));
  const last = failures.at(-1);
  if (last === undefined) return { id, options, state: "missing", step };
  return { id, options, state: "failed", step, attempts: failures.length, message: last.message };
}

function resultOf({ name }: Store, { value, attempt, resumedFrom, worker, seconds }: JobResult) {
  const { checkpoint, ...figures } = value as unknown as TrainValue;
  return { ...figures, checkpoint: join(name, checkpoint), attempt, resumedFrom, worker, seconds };
}
