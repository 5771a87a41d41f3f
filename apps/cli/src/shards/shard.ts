import type { Json } from "@monosema/runs";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Session } from "../session.js";

/** Rows of the files of a command that are worked on by themselves. */
export interface Shard {
  /** The first of them. */
  readonly from: number;
  /** The one after the last of them. */
  readonly to: number;
  /** Those of them that are left out, ascending. */
  readonly leftOut: readonly number[];
  /** Rows of the files. */
  readonly of: number;
  /** What else decides the result, beside the files and the dictionary. */
  readonly settings: Readonly<Record<string, Json>>;
}

/** What is done with a shard. */
export interface ShardWork {
  /** Texts of `--data`. */
  readonly texts: readonly string[];
  /** The dictionary. */
  readonly model: Model;
  /** An open backend. */
  readonly backend: Backend;
  /** Where the files of the result go. */
  readonly folder: string;
}

/**
 * Does a kind of work on the rows of a shard: its value is for merging with those of others, in their order.
 *
 * @throws UsageError for files that are not those of the job
 */
export type RunShard = (session: Session, shard: Shard, work: ShardWork) => Promise<Json>;
