import type { Given, Option } from "../options.js";
import type { EngineKind } from "../sweep/engineKind.js";
import { engineKind, sharedForms } from "../sweep/openEngine.js";
import { workersOf } from "../sweep/workersOf.js";
import { UsageError } from "../usageError.js";

/** The options of commands that can work on a big file by shards. */
export const shardOptions: Readonly<Record<"shard-rows" | "store" | "engine" | "workers", Option>> = {
  "shard-rows": {
    value: "N",
    help: "work on N rows at a time, in processes of their own whose results are kept in --store: what is killed goes on from there",
  },
  store: { value: "FOLDER", help: "with --shard-rows: where results of shards are kept; the same command goes on" },
  engine: {
    value: `local|${sharedForms}`,
    help: "with --shard-rows: local, processes of this machine (default), or what takes more machines, as for sweep",
  },
  workers: {
    value: "N",
    help: "with --shard-rows: shards at a time on this machine (default: its cores; 0, with workers elsewhere, only waits)",
  },
};

/** How a command works by shards. */
export interface Sharding {
  /** Rows of a shard. */
  readonly rows: number;
  /** Text of the store. */
  readonly store: string;
  /** The kind of the engine that delivers them. */
  readonly kind: EngineKind;
  /** The engine as the command line names it. */
  readonly engine: string;
  /** Shards at a time in this process. */
  readonly workers: number;
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
  const engine = given.text("engine") ?? "local";
  const kind = engineKind(engine);
  if (kind === undefined)
    throw new UsageError("--engine none is for sweep, which can write its jobs only; leave it out");
  const asked = workersOf(given, kind, engine);
  return { rows, store, kind, engine, workers: kind.hasWorkers ? asked : 0 };
}
