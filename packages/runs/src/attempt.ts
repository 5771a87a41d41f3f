import { failureOf } from "./failure.js";
import type { Job, Json } from "./job.js";
import { keepingStates } from "./keeping.js";
import type { Store } from "./store/store.js";
import { workerName } from "./workerName.js";

/** Where one attempt of a job works. */
export interface Workplace {
  /** Folder of the attempt; the states of the job lie in `states/step-N`. */
  readonly folder: string;
  /** Step of the state in it; 0 without one. */
  readonly resumedFrom: number;
  /** Aborted when the work must end: its lease is lost, or the user stops it. */
  readonly signal: AbortSignal;
}

/** Does a job, in this process or in one that ends with it. Throws {@link JobError} for what another attempt cannot mend. */
export type RunJob = (job: Job, workplace: Workplace) => Promise<Json>;

/** One delivery of a job by an engine. */
export interface Delivery {
  /** Names the attempt; never twice the same. */
  readonly token: string;
  /** Aborted when somebody else has the job, or all must end. */
  readonly signal: AbortSignal;
}

/** What became of a delivery. */
export type Outcome = "committed" | "skipped" | "duplicate";

/**
 * Runs one delivery of a job: nothing to do where there is a result, else in a folder of its own, from the newest state of any earlier
 * attempt; the first result that is committed counts. A failure is kept in the store and thrown.
 */
export async function runAttempt(store: Store, job: Job, { token, signal }: Delivery, run: RunJob): Promise<Outcome> {
  const { id } = job;
  if ((await store.result(id)) !== undefined) return "skipped";
  const worker = workerName();
  const attempt = await store.begin(id, token);
  const { folder, resumedFrom } = attempt;
  const started = performance.now();
  try {
    const value = await keepingStates(attempt, () => run(job, { folder, resumedFrom, signal }));
    signal.throwIfAborted();
    await attempt.keepFiles();
    const seconds = Math.round(performance.now() - started) / 1000;
    const attempts = (await store.attempts(id)).length;
    const result = { id, value, attempt: token, attempts, resumedFrom, worker, seconds };
    if (!(await store.commit(result))) return "duplicate";
    await store.tidy(result);
    return "committed";
  } catch (error) {
    await attempt.keepState().catch(() => {}); // what it saved as it was stopped; why it was is what counts
    if (!signal.aborted) {
      const message = error instanceof Error ? error.message : String(error);
      await store.fail(id, { attempt: token, worker, message, kind: failureOf(error) });
    }
    throw error;
  } finally {
    await attempt.close();
  }
}
