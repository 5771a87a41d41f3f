import { formatWhole } from "@monosema/experiments/format";
import { type AttemptFiles, type Job, JobError, type Json, type Store } from "@monosema/runs";
import type { Backend } from "@monosema/tensor";
import { runJobs } from "../jobs/runJobs.js";
import { openStore } from "../jobs/stores/openStore.js";
import type { Session } from "../session.js";
import { type ShardPlan, shardJobs, shardName } from "./shardJobs.js";
import type { Sharding } from "./shardOptions.js";

/** What a shard gave. */
export interface ShardResult {
  /** Its value. */
  readonly value: Json;
  /** Its files, which are closed after use. */
  readonly files: () => Promise<AttemptFiles>;
}

/**
 * The results of all shards in the order of their rows: of those that are done from the store, of the others by doing them.
 *
 * @throws JobError that names the rows of shards that failed
 */
export async function runShards(
  session: Session,
  backend: Backend,
  { rows, store: text, kind, engine, workers }: Sharding,
  plan: ShardPlan,
): Promise<readonly ShardResult[]> {
  session.doing("reading the data");
  const jobs = await shardJobs(session.given, backend, plan, rows);
  const store = await openStore(text);
  await store.put(jobs);
  const done = await store.done();
  const missing = jobs.filter(({ id }) => !done.has(id));
  session.say(planText(jobs.length, missing.length, Math.min(workers, missing.length)));
  if (missing.length > 0) {
    const here = Math.min(workers, missing.length);
    await runJobs(session, store, missing, { kind, engine, workers: here, nameOf: shardName, unit: "shards" });
  }
  session.doing("joining shards");
  return await resultsOf(store, jobs);
}

async function resultsOf(store: Store, jobs: readonly Job[]): Promise<readonly ShardResult[]> {
  const found: ShardResult[] = [];
  const failed: string[] = [];
  for (const job of jobs) {
    const result = await store.result(job.id);
    if (result) {
      found.push({ value: result.value, files: () => store.files(result) });
    } else {
      const last = (await store.failures(job.id)).at(-1);
      failed.push(`${shardName(job)}: ${last?.message ?? "no result"}`);
    }
  }
  if (failed.length === 0) return found;
  const [first] = failed;
  throw new JobError(
    `${failed.length} of ${jobs.length} shards failed; ${first}${failed.length > 1 ? " (others are said above)" : ""}; the same command tries them again`,
    "failed",
  );
}

function planText(all: number, missing: number, workers: number): string {
  const before = all === missing ? "" : `, ${formatWhole(all - missing)} done before`;
  if (missing === 0) return `${formatWhole(all)} shards${before}: nothing to do but to join them`;
  return `${formatWhole(all)} shards${before}; ${workers === 0 ? "none here" : `${workers} at a time`}`;
}
