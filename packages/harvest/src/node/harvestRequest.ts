import type { FileSystem } from "@monosema/tensor/node";
import type { HarvestManifest } from "../harvest/manifest.js";
import type { HarvestDtype } from "../harvest/shardTensors.js";
import type { HarvestModel } from "../models/harvestModel.js";
import type { Runtime } from "../runtime/runtime.js";
import type { HarvestDocument } from "../text/harvestDocument.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";

/** What is harvested. */
export interface HarvestRequest {
  /** The model, and the SHA-256 of its files. */
  readonly model: HarvestModel & { readonly sha256: string };
  /** What runs it. */
  readonly runtime: Runtime;
  /** Texts, or lists of token ids. */
  readonly texts: HarvestTexts;
  /** Of the model; may be left out where there are token ids only. */
  readonly tokenizer?: Tokenizer & { readonly sha256: string };
  /** Names of hooks, at least one. */
  readonly hooks: readonly string[];
  /** Tokens of a window, start token included. Default 128, or the model's context where that is less. */
  readonly length?: number;
  /** Windows at a time. Default 8. */
  readonly batch?: number;
  /** Threads of the model. Default 1. */
  readonly threads?: number;
  /** Element type of activations. Default F16. */
  readonly dtype?: HarvestDtype;
  /** Rows above this many times the median norm are left out; null: none. Default 5. */
  readonly maxNorm?: number | null;
  /** Tokens after which it ends. Default: all. */
  readonly limit?: number;
  /** Token before every window; null: none. Default: the model's. */
  readonly start?: number | null;
  /** Rows of a shard, about. Default 16,384, fewer for wide hooks. */
  readonly rowsPerShard?: number;
}

/** Where documents come from. */
export interface HarvestTexts {
  /** Name of their file. */
  readonly name: string;
  /** The documents from the first one on. */
  documents(): AsyncIterable<HarvestDocument>;
  /** Whether `documents` can be called several times, which a pipe cannot. */
  readonly repeatable: boolean;
  /** Number of tokens, where it is known. */
  readonly tokens?: number;
}

/** What is to come, before anything is written. */
export interface HarvestPlan {
  /** Tokens, each of which gives a row; absent where the size of the texts is not known. */
  readonly tokens?: number;
  /** Whether that is an estimate from the first documents. */
  readonly estimated: boolean;
  /** Bytes of the finished folder. */
  readonly bytes?: number;
  /** Shards. */
  readonly shards?: number;
  /** Seconds, by the time of the first windows. */
  readonly seconds?: number;
  /** Bytes that are free on the disk. */
  readonly free: number;
  /** Tokens that an earlier, interrupted run has done. */
  readonly done: number;
}

/** What is done so far. */
export interface HarvestProgress {
  /** Tokens, those of an earlier run included. */
  readonly tokens: number;
  /** Shards on the disk. */
  readonly shards: number;
}

/** How a harvest is watched. */
export interface HarvestWatch {
  /** File system for all but the documents. Default: that of the machine. */
  readonly fs?: FileSystem;
  /** Aborted to stop between two groups of windows; finished shards are kept. */
  readonly signal?: AbortSignal;
  /** Called once, before anything is written. */
  readonly onPlan?: (plan: HarvestPlan) => void;
  /** Called after each group of windows. */
  readonly onProgress?: (progress: HarvestProgress) => void;
}

/** What a harvest gave. */
export interface HarvestResult {
  /** As it stands in the folder. */
  readonly manifest: HarvestManifest;
  /** Shards that an earlier run had finished. */
  readonly resumed: number;
}
