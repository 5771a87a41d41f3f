import { type EvaluateSums, mergeEvaluateSums } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Session } from "../session.js";
import { runShards, type ShardResult } from "./runShards.js";
import type { ShardPlan } from "./shardJobs.js";
import type { Sharding } from "./shardOptions.js";

/** Measures by shards: for the same rows of a shard the same bits, and 12 digits of those of one pass. */
export async function evaluatedByShards(
  session: Session,
  backend: Backend,
  sharding: Sharding,
  plan: Omit<ShardPlan, "kind">,
): Promise<EvaluateSums> {
  return sumsOf(await runShards(session, backend, sharding, { kind: "evaluate", ...plan }));
}

/** The sums of shards whose values are theirs, together. */
export const sumsOf = (results: readonly ShardResult[]): EvaluateSums =>
  mergeEvaluateSums(results.map(({ value }) => value as unknown as EvaluateSums));
