import { type Engine, failureOf, type Job, type RunJob, runAttempt, type Store } from "@monosema/runs";
import { Interrupted } from "../interrupted.js";
import type { Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";

/** Options of {@link runJobs}. */
export interface RunJobsOptions {
  /** Delivers them; it is closed at the end. */
  readonly engine: Engine;
  /** Does one. */
  readonly run: RunJob;
  /** Jobs at a time. */
  readonly workers: number;
  /** What each is called, by its id. */
  readonly names: ReadonlyMap<string, string>;
  /** What they are called together, such as `runs`. */
  readonly unit: string;
  /** What is going on, such as `training`. */
  readonly doing: string;
}

/** Runs jobs, several at a time, with a line of progress; failed attempts are said. What is finished is in the store. */
export async function runJobs(
  session: Session,
  store: Store,
  jobs: readonly Job[],
  { engine, run, workers, names, unit, doing }: RunJobsOptions,
): Promise<void> {
  const { signal } = session;
  await engine.submit(jobs);
  session.keeps(
    `finished ${unit} and states are in ${store.name}; the same command with --store ${shellQuoted(store.name)} goes on`,
  );
  session.stopsItself(true);
  session.doing(doing);
  const bar = session.progress({ total: jobs.length, unit });
  let finished = 0;
  bar.update(0, doing);
  const handle = async (job: Job, delivery: Parameters<typeof runAttempt>[2]): Promise<void> => {
    const name = names.get(job.id) ?? job.id;
    try {
      await runAttempt(store, job, delivery, run);
      finished += 1;
      bar.update(finished, name);
    } catch (error) {
      if (!signal.aborted) session.say(`${name}: attempt ${failureOf(error)}: ${(error as Error).message}`);
      throw error;
    }
  };
  try {
    await engine.work(handle, { signal, drain: true, workers });
  } finally {
    bar.end();
    session.stopsItself(false);
    await engine.close();
  }
  if (signal.aborted) throw new Interrupted();
}
