import type { Job, Store } from "@monosema/runs";
import { shardName } from "./shardJobs.js";
import { shardKinds } from "./shardKinds.js";

/** How far the shards in a store are, a line for each kind of work and for each shard that failed. */
export async function shardsText(store: Store, jobs: readonly Job[]): Promise<readonly string[]> {
  const done = await store.done();
  const lines: string[] = [];
  for (const kind of Object.keys(shardKinds)) {
    const own = jobs.filter((job) => job.kind === kind);
    if (own.length === 0) continue;
    const failed: string[] = [];
    for (const job of own) {
      const last = done.has(job.id) ? undefined : (await store.failures(job.id)).at(-1);
      if (last) failed.push(`failed: ${kind}, ${shardName(job)}: ${last.message}`);
    }
    const finished = own.filter(({ id }) => done.has(id)).length;
    const left = own.length - finished - failed.length;
    lines.push(`${kind}: ${own.length} shards: ${finished} done, ${failed.length} failed, ${left} left`, ...failed);
  }
  return lines;
}
