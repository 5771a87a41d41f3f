import {
  type Delivery,
  type Job,
  JobError,
  type Outcome,
  type RunJob,
  runAttempt,
  type Store,
  workerName,
} from "@monosema/runs";
import type { Session } from "../session.js";
import { refusals } from "./refusals.js";

/** Does one delivery of a job, unless this process must refuse it; the store keeps why, once. */
export function deliverJob(
  session: Session,
  store: Store,
  run: RunJob,
): (job: Job, delivery: Delivery) => Promise<Outcome> {
  const refusal = refusals(session, store);
  return async (job, delivery) => {
    const message = await refusal(job);
    if (message === undefined) return await runAttempt(store, job, delivery, run);
    const kind = "refused";
    const before = await store.failures(job.id);
    if (!before.some((failure) => failure.kind === kind && failure.message === message))
      await store.fail(job.id, { attempt: delivery.token, worker: workerName(), message, kind });
    throw new JobError(message, kind);
  };
}
