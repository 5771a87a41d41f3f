import { availableParallelism } from "node:os";
import type { EngineKind } from "../jobs/engines/engineKind.js";
import { engineKind, sharedForms } from "../jobs/engines/openEngine.js";
import type { Given, Option } from "../options.js";
import { UsageError } from "../usageError.js";

/** The options of commands that can work on a big file by shards. */
export const shardOptions: Readonly<Record<"shard-rows" | "store" | "engine" | "workers", Option>> = {
  "shard-rows": {
    value: "N",
    help: "work on N rows at a time, in processes of their own whose results are kept in --store: what is killed goes on from there",
  },
  store: {
    value: "S",
    help: "with --shard-rows: where results of shards are kept, a folder or s3://bucket/prefix; the same command goes on",
  },
  engine: {
    value: "ENGINE",
    help: `with --shard-rows: local, processes of this machine (default), or ${sharedForms}, as for sweep`,
  },
  workers: {
    value: "N",
    help: "with --shard-rows: shards at a time on this machine (default: its cores; 0, with workers elsewhere, only waits for them)",
  },
};

/** How a command works by shards. */
export interface Sharding {
  /** Rows of a shard. */
  readonly rows: number;
  /** Text of the store. */
  readonly store: string;
  /** Shards at a time. */
  readonly workers: number;
  /** Who delivers them. */
  readonly kind: EngineKind;
  /** Its text. */
  readonly engine: string;
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
  return { rows, store, ...engineOf(given) };
}

/** The engine, and how much of it this process does. */
function engineOf(given: Given): Pick<Sharding, "kind" | "engine" | "workers"> {
  const engine = given.text("engine") ?? "local";
  const kind = engineKind(engine);
  if (kind === undefined)
    throw new UsageError(`--engine must do the shards, with one of local, ${sharedForms}, got ${engine}`);
  const workers = kind.hasWorkers ? (given.whole("workers", kind.isShared ? 0 : 1) ?? availableParallelism()) : 0;
  return { kind, engine, workers };
}
