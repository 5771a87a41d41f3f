import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Engine, Job, Store } from "@monosema/runs";
import { commentOf, mostTasks, queuedTasks } from "./queue.js";
import { slurmCommand } from "./slurmCommand.js";
import { taskScript } from "./taskScript.js";

/** Submissions of a job that leaves neither a result nor a failure: it may be what kills its machine. */
const losses = 20;

/** Seconds after the first look at the queue; twice as many after each further one. */
const soonest = 0.5;

/** Options of {@link slurmEngine}. */
export interface SlurmEngineOptions {
  /** Program and arguments that do one job of a list, such as `["npx", "monosema", "job"]`; the list and `--index I` follow. */
  readonly command: readonly string[];
  /** Folder for what the tasks print, which all machines reach. */
  readonly logs: string;
  /** Partition. Default: that of the cluster. */
  readonly partition?: string;
  /** Cores of a task. Default: as the cluster says. */
  readonly cores?: number;
  /** Tasks that run at a time. Default: as many as there is room for. */
  readonly atOnce?: number;
  /** Further arguments of `sbatch`. Default: none; its variables, such as `SBATCH_ACCOUNT` and `SBATCH_TIMELIMIT`, hold too. */
  readonly arguments?: readonly string[];
  /** Attempts of a job that fails, before it is given up. Default 3. */
  readonly attempts?: number;
  /** Seconds between two looks at the queue, the first of which come sooner. Default 10. */
  readonly every?: number;
  /** Told when the cluster does not answer for a while, and goes on waiting. */
  readonly onNotice?: (message: string) => void;
}

/**
 * The engine of a cluster that Slurm schedules: `submit` adds job arrays, whose tasks open the store and do their jobs on the machines of
 * the cluster; `work` runs nothing here (its function is not called), waits, and submits again what has left the queue without a result.
 * It keeps nothing itself: the queue tells what waits, the store what is done, so that another process may go on.
 *
 * @param store - where jobs and results are; the machines of the cluster reach it
 * @throws EngineError where Slurm is absent or refuses, from all functions
 */
export function slurmEngine(
  store: Store,
  {
    command,
    logs,
    partition,
    cores,
    atOnce,
    arguments: more = [],
    attempts = 3,
    every = 10,
    onNotice,
  }: SlurmEngineOptions,
): Engine {
  const name = `monosema-${createHash("sha256").update(`${userInfo().username} ${store.name}`).digest("hex").slice(0, 12)}`;
  const wanted = new Map<string, { readonly job: Job; readonly failuresBefore: number; submitted: number }>();
  const givenUp = new Set<string>();

  const submitNow = async (jobs: readonly Job[]): Promise<void> => {
    if (jobs.length === 0) return;
    await mkdir(logs, { recursive: true });
    const { path: manifest } = await store.put(jobs);
    const most = await mostTasks();
    for (let offset = 0; offset < jobs.length; offset += most) {
      const last = Math.min(most, jobs.length - offset) - 1;
      const part = { manifest, offset };
      const args = [
        ...[
          "--parsable",
          `--job-name=${name}`,
          `--comment=${commentOf(part)}`,
          "--requeue",
          "--open-mode=append",
          "--ntasks=1",
        ],
        `--array=0-${last}${atOnce === undefined ? "" : `%${atOnce}`}`,
        `--output=${join(logs, "slurm-%A_%a.out")}`,
        ...(partition === undefined ? [] : [`--partition=${partition}`]),
        ...(cores === undefined ? [] : [`--cpus-per-task=${cores}`]),
        ...more,
      ];
      await slurmCommand("sbatch", args, taskScript(command, part));
    }
    for (const { id } of jobs) {
      const known = wanted.get(id);
      if (known) known.submitted += 1;
    }
  };

  const mayTryAgain = async (id: string): Promise<boolean> => {
    const known = wanted.get(id);
    if (known === undefined) return false;
    const failures = (await store.failures(id)).slice(known.failuresBefore);
    const over = failures.at(-1)?.kind === "final" || failures.length >= attempts || known.submitted >= losses;
    if (over) givenUp.add(id);
    return !over;
  };

  /** Submits again what has neither a place in the queue nor a result; whether nothing is left. */
  const look = async (): Promise<boolean> => {
    const queued = await queuedJobs(store, name); // before the results: what leaves the queue in between has its result by then
    const done = await store.done();
    const missing: Job[] = [];
    for (const [id, { job }] of wanted) {
      if (done.has(id)) wanted.delete(id);
      else if (!queued.has(id) && !givenUp.has(id) && (await mayTryAgain(id))) missing.push(job);
    }
    await submitNow(missing);
    return [...wanted.keys()].every((id) => givenUp.has(id));
  };

  return {
    name: partition === undefined ? "slurm" : `slurm:${partition}`,
    async submit(jobs) {
      const queued = await queuedJobs(store, name);
      const fresh: Job[] = [];
      for (const job of jobs) {
        if (wanted.has(job.id) && !givenUp.delete(job.id)) continue;
        wanted.set(job.id, { job, failuresBefore: (await store.failures(job.id)).length, submitted: 0 });
        if (!queued.has(job.id)) fresh.push(job);
      }
      await submitNow(fresh);
    },
    async work(_, { signal, drain }) {
      let isAway = false;
      for (let looks = 0; !signal.aborted; looks++) {
        try {
          if ((await look()) && drain) return;
          isAway = false;
        } catch (error) {
          if (!isAway)
            onNotice?.(`Slurm or the store does not answer, and is asked again: ${(error as Error).message}`);
          isAway = true;
        }
        await setTimeout(1000 * Math.min(every, soonest * 2 ** looks), undefined, { signal }).catch(() => {});
      }
    },
    async counts() {
      const tasks = await queuedTasks(name);
      const waiting = tasks.filter(({ waits }) => waits).length;
      return { waiting, running: tasks.length - waiting, failed: givenUp.size };
    },
    async cancel() {
      await slurmCommand("scancel", [`--name=${name}`, "--state=PENDING"]);
      const queued = await queuedJobs(store, name);
      for (const id of wanted.keys()) if (!queued.has(id)) wanted.delete(id);
    },
    close: async () => {},
  };
}

/** Jobs of the tasks in the queue. */
async function queuedJobs(store: Store, name: string): Promise<ReadonlySet<string>> {
  const lists = new Map<string, readonly string[]>();
  const found = new Set<string>();
  for (const { manifest, offset, index } of await queuedTasks(name)) {
    const ids = lists.get(manifest) ?? (await store.manifest(manifest)) ?? [];
    lists.set(manifest, ids);
    const id = ids[offset + index];
    if (id !== undefined) found.add(id);
  }
  return found;
}
