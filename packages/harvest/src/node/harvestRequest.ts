import type { FileSystem } from "@monosema/tensor/node";
import type { HarvestManifest } from "../harvest/manifest.js";
import type { HarvestDtype } from "../harvest/shardTensors.js";
import type { HarvestModel } from "../models/harvestModel.js";
import type { Runtime } from "../runtime/runtime.js";
import type { FileHash } from "../source/fileHash.js";
import type { HarvestSource } from "../source/harvestSource.js";

/** What is harvested. */
export interface HarvestRequest {
  /** The model, and the SHA-256 of its files. */
  readonly model: HarvestModel & FileHash;
  /** What runs it. */
  readonly runtime: Runtime;
  /** What goes into it. */
  readonly source: HarvestSource;
  /** Names of hooks, at least one. */
  readonly hooks: readonly string[];
  /** Windows, or images, at a time. Default 8. */
  readonly batch?: number;
  /** Threads of the model. Default 1. */
  readonly threads?: number;
  /** Element type of activations. Default F16. */
  readonly dtype?: HarvestDtype;
  /** Rows above this many times the median norm are left out; null: none. Default 5. */
  readonly maxNorm?: number | null;
  /** Tokens, or images, after which it ends. Default: all. */
  readonly limit?: number;
  /** Rows of a shard, about. Default 16,384, fewer for wide hooks. */
  readonly rowsPerShard?: number;
}

/** What is to come, before anything is written. */
export interface HarvestPlan {
  /** Rows, before those of massive norm are left out; absent where the source does not tell. */
  readonly rows?: number;
  /** Whether that is an estimate from the first documents. */
  readonly estimated: boolean;
  /** Bytes of the finished folder. */
  readonly bytes?: number;
  /** Shards. */
  readonly shards?: number;
  /** Seconds, by the time of the first items. */
  readonly seconds?: number;
  /** Bytes that are free on the disk. */
  readonly free: number;
  /** Rows that an earlier, interrupted run has done. */
  readonly done: number;
}

/** What is done so far. */
export interface HarvestProgress {
  /** Rows, those of an earlier run included. */
  readonly rows: number;
  /** Shards on the disk. */
  readonly shards: number;
}

/** How a harvest is watched. */
export interface HarvestWatch {
  /** File system for all but the documents. Default: that of the machine. */
  readonly fs?: FileSystem;
  /** Aborted to stop between two groups of items; finished shards are kept. */
  readonly signal?: AbortSignal;
  /** Called once, before anything is written. */
  readonly onPlan?: (plan: HarvestPlan) => void;
  /** Called after each group of items. */
  readonly onProgress?: (progress: HarvestProgress) => void;
}

/** What a harvest gave. */
export interface HarvestResult {
  /** As it stands in the folder. */
  readonly manifest: HarvestManifest;
  /** Shards that an earlier run had finished. */
  readonly resumed: number;
}
