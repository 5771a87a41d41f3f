import { statfs } from "node:fs/promises";
import type { HarvestPlan, HarvestRequest } from "./harvestRequest.js";

/** What the plan is made of. */
export interface PlanFacts {
  /** Where the folder is. */
  readonly folder: string;
  /** Bytes of a row. */
  readonly bytesPerRow: number;
  /** Most rows of a shard. */
  readonly rowsPerShard: number;
  /** Tokens that an earlier run has done. */
  readonly done: number;
  /** Time of the first windows. */
  readonly seconds: number;
  /** Tokens of them. */
  readonly tokens: number;
}

/** Tokens after which the number of all is estimated. */
const sample = 20_000;

/**
 * Plans a harvest.
 *
 * @throws Error where the disk has less room than is needed
 */
export async function harvestPlan(request: HarvestRequest, facts: PlanFacts): Promise<HarvestPlan> {
  const { bavail, bsize } = await statfs(facts.folder);
  const free = bavail * bsize;
  const { tokens, estimated } = await totalTokens(request);
  const known = { estimated, free, done: facts.done };
  if (tokens === undefined) return known;
  const bytes = Math.round(tokens * facts.bytesPerRow);
  const left = Math.max(0, tokens - facts.done);
  if (left * facts.bytesPerRow > free) {
    const needed = (left * facts.bytesPerRow) / 1e9;
    throw new Error(
      `harvest: ${facts.folder} must have room for ${needed.toFixed(1)} GB, got ${(free / 1e9).toFixed(1)} GB free; set a limit, take fewer hooks, or another disk`,
    );
  }
  return {
    ...known,
    tokens,
    bytes,
    shards: Math.ceil(tokens / facts.rowsPerShard),
    seconds: (left * facts.seconds) / Math.max(1, facts.tokens),
  };
}

async function totalTokens({
  texts,
  tokenizer,
  limit,
}: HarvestRequest): Promise<{ tokens?: number; estimated: boolean }> {
  const most = limit ?? Number.POSITIVE_INFINITY;
  if (texts.tokens !== undefined) return { tokens: Math.min(texts.tokens, most), estimated: false };
  if (!texts.repeatable) return limit === undefined ? { estimated: true } : { tokens: limit, estimated: true };
  let tokens = 0;
  for await (const { content, share } of texts.documents()) {
    tokens += typeof content === "string" ? (tokenizer?.encode(content).length ?? 0) : content.length;
    if (tokens >= most) return { tokens: most, estimated: false };
    if (tokens >= sample && share !== undefined) {
      return { tokens: Math.min(most, Math.round(tokens / share)), estimated: share < 1 };
    }
  }
  return { tokens, estimated: false };
}
