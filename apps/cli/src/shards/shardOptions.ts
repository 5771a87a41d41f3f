import { availableParallelism } from "node:os";
import type { Given, Option } from "../options.js";
import { UsageError } from "../usageError.js";

/** The options of commands that can work on a big file by shards. */
export const shardOptions: Readonly<Record<"shard-rows" | "store" | "engine" | "workers", Option>> = {
  "shard-rows": {
    value: "N",
    help: "work on N rows at a time, in processes of their own whose results are kept in --store: what is killed goes on from there",
  },
  store: { value: "FOLDER", help: "with --shard-rows: where results of shards are kept; the same command goes on" },
  engine: { value: "local", help: "with --shard-rows: local, processes of this machine (default)" },
  workers: { value: "N", help: "with --shard-rows: shards at a time (default: the cores of this machine)" },
};

/** How a command works by shards. */
export interface Sharding {
  /** Rows of a shard. */
  readonly rows: number;
  /** Text of the store. */
  readonly store: string;
  /** Shards at a time. */
  readonly workers: number;
  /** Threads of one. */
  readonly threads: number;
}

/**
 * The sharding of a command line; undefined without `--shard-rows`.
 *
 * @param excluded - options that need all rows at once, with the reason
 * @throws UsageError for options that go together only, or not at all
 */
export function shardingOf(given: Given, excluded: Readonly<Record<string, string>> = {}): Sharding | undefined {
  const rows = given.whole("shard-rows", 1);
  if (rows === undefined) {
    for (const name of ["store", "engine", "workers"]) {
      if (given.text(name) === undefined) continue;
      throw new UsageError(`--${name} must be given with --shard-rows, got it alone; give both or leave it out`);
    }
    return undefined;
  }
  for (const [name, reason] of Object.entries(excluded)) {
    if (given.text(name) === undefined && !given.has(name)) continue;
    throw new UsageError(`--${name} and --shard-rows exclude each other: ${reason}; leave one of them out`);
  }
  const store = given.text("store");
  if (store === undefined) {
    throw new UsageError(
      "--store must be given with --shard-rows: results of shards are kept there, and the same command goes on; name a folder",
    );
  }
  given.choice("engine", ["local"]);
  const workers = given.whole("workers", 1) ?? availableParallelism();
  const threads = given.whole("threads", 1) ?? Math.max(1, Math.floor(availableParallelism() / workers));
  return { rows, store, workers, threads };
}
