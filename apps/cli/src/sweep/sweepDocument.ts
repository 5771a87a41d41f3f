import type { SweepRun } from "@monosema/experiments/report";
import { inParallel, type Job, type JobResult, type Store } from "@monosema/runs";
import type { TrainValue } from "./runTrainJob.js";

/** Jobs that are looked up at a time. */
const atOnce = 16;

/** What a store knows of the trainings among its jobs, in their order. */
export const sweepRuns = (store: Store, jobs: readonly Job[]): Promise<readonly SweepRun[]> =>
  inParallel(
    jobs.filter(({ kind }) => kind === "train"),
    atOnce,
    (job) => sweepRun(store, job),
  );

async function sweepRun(store: Store, { id, parameters, pins }: Job): Promise<SweepRun> {
  const params = parameters.options as Readonly<Record<string, string | true>>;
  const known = { job: id, params, tier: pins.tier ?? null };
  const result = await store.result(id);
  if (result !== undefined) return { ...known, state: "done", ...resultOf(store, result) };
  const attempts = await store.attempts(id);
  const step = Math.max(0, ...attempts.map((attempt) => attempt.step));
  const failures = await store.failures(id);
  const last = failures.filter(({ kind }) => kind !== "refused").at(-1);
  const left = { ...known, attempts: attempts.length, step };
  if (last !== undefined) return { ...left, state: "failed", message: last.message };
  const refusal = failures.at(-1);
  return { ...left, state: "missing", ...(refusal === undefined ? {} : { message: refusal.message }) };
}

function resultOf({ name }: Store, { value, attempt, attempts, resumedFrom, worker, seconds }: JobResult) {
  const { checkpoint, ...figures } = value as unknown as TrainValue;
  return { ...figures, checkpoint: `${name}/${checkpoint}`, attempt, attempts, resumedFrom, worker, seconds };
}
