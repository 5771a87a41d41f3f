import { availableParallelism } from "node:os";
import { type Engine, failureOf, type Handle, type Job, type RunJob, type Store } from "@monosema/runs";
import { Interrupted } from "../interrupted.js";
import type { Session } from "../session.js";
import { deliverJob } from "./deliverJob.js";
import { runJob } from "./jobKinds.js";

/** Milliseconds between two looks at the store: more than between two lines of progress, so that none is left out. */
const pause = 2500;

/** Options of {@link work}. */
export interface WorkPlan {
  /** Jobs at a time; 0 only waits. */
  readonly workers: number;
  /** Whether to end when nothing waits or runs anywhere. */
  readonly drain: boolean;
  /** Jobs whose results are counted, whoever has them; absent, those of this process. */
  readonly total?: readonly Job[];
  /** What a job is called. */
  readonly nameOf: (job: Job) => string;
  /** What jobs are called together, such as `runs`. */
  readonly unit: string;
}

/** Works on jobs that an engine delivers, with a line of progress, until all are done or a person stops it. */
export async function work(
  session: Session,
  store: Store,
  engine: Engine,
  { workers, drain, total, nameOf, unit }: WorkPlan,
): Promise<void> {
  const { signal } = session;
  const doing = `working on ${unit}`;
  const deliver = deliverJob(session, store, jobsHere(session, workers));
  session.stopsItself(true);
  session.doing(doing);
  const bar = session.progress({ ...(total === undefined ? {} : { total: total.length }), unit });
  let [finished, label] = [0, workers === 0 ? "waiting for workers" : doing];
  let shown = `0 ${label}`;
  bar.update(0, label);
  const handle: Handle = async (job, delivery) => {
    const name = nameOf(job);
    label = name;
    try {
      await deliver(job, delivery);
      finished += 1;
    } catch (error) {
      if (!delivery.signal.aborted) session.say(`${name}: attempt ${failureOf(error)}: ${(error as Error).message}`);
      throw error;
    }
  };
  const look = async (): Promise<void> => {
    if (total !== undefined) {
      const done = await store.done();
      finished = total.filter(({ id }) => done.has(id)).length;
    }
    if (shown === `${finished} ${label}`) return;
    shown = `${finished} ${label}`;
    bar.update(finished, label);
  };
  const looks = setInterval(() => void look().catch(() => {}), pause); // what is wrong with the store, the work itself says
  try {
    await engine.work(handle, { signal, drain, workers });
    await look();
  } finally {
    clearInterval(looks);
    bar.end();
    session.stopsItself(false);
  }
  if (signal.aborted) throw new Interrupted();
}

/** The cores of this machine are shared by the jobs of one process. */
function jobsHere({ given }: Session, workers: number): RunJob {
  const threads = given.whole("threads", 1) ?? Math.max(1, Math.floor(availableParallelism() / Math.max(1, workers)));
  const saveEvery = given.whole("save-every", 1);
  return runJob({ threads, ...(saveEvery === undefined ? {} : { saveEvery }) });
}
