import type { RunShard } from "./shard.js";

/** What does the shards of each kind; loaded when needed. */
export const shardKinds: Readonly<Record<string, () => Promise<RunShard>>> = {
  codes: async () => (await import("./codesShard.js")).codesShard,
  encode: async () => (await import("./encodeShard.js")).encodeShard,
  evaluate: async () => (await import("./evaluateShard.js")).evaluateShard,
  features: async () => (await import("./featuresShard.js")).featuresShard,
};
