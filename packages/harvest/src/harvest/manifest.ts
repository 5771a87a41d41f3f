import { FormatError } from "@monosema/tensor";
import type { HarvestModel } from "../models/harvestModel.js";
import { harvestFormat } from "../read/manifest.js";
import type { Runtime } from "../runtime/runtime.js";
import type { FileHash } from "../source/fileHash.js";
import type { Cursor } from "../source/harvestSource.js";
import type { MassiveRow } from "./massiveRows.js";
import type { HarvestDtype } from "./shardTensors.js";

/** A model in a manifest. */
export interface ModelRecord extends FileHash, Pick<HarvestModel, "name" | "licence" | "format" | "architecture"> {
  /** Layers of the network, where its hooks are named by them. */
  readonly layers?: number;
}

/** A runtime in a manifest. */
export interface RuntimeRecord extends Pick<Runtime, "name" | "version"> {
  /** Threads of a run. */
  readonly threads: number;
}

/** A source in a manifest. */
export interface SourceRecord extends FileHash {
  /** Name of its file or folder. */
  readonly name: string;
}

/** What decides every byte of a harvest. */
export interface HarvestSettings {
  /** The model. */
  readonly model: ModelRecord;
  /** What ran it: other libraries, versions and thread counts may differ in the last bits. */
  readonly runtime: RuntimeRecord;
  /**
   * What decides the inputs. Of texts: `length`, tokens of a window; `start`, the token before each or null; `tokenizer`, its kind and hash,
   * absent where token ids were given. Of images: how they are prepared.
   */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Names of the hooks. */
  readonly hookNames: readonly string[];
  /** Windows, or images, at a time. */
  readonly batch: number;
  /** Element type. */
  readonly dtype: HarvestDtype;
  /** Rows above this many times the median norm are left out; null: none. */
  readonly maxNorm: number | null;
  /** Tokens, or images, after which the harvest ends; null: at the end of the source. */
  readonly limit: number | null;
  /** Rows of a shard, about. */
  readonly rowsPerShard: number;
}

/** A finished shard, and the state after it. */
export interface ShardRecord {
  /** File name. */
  readonly file: string;
  /** Rows in it. */
  readonly rows: number;
  /** Rows left out for their norm. */
  readonly dropped: number;
  /** The largest of them. */
  readonly largest?: readonly MassiveRow[];
  /** Bytes. */
  readonly bytes: number;
  /** Of the file. */
  readonly sha256: string;
  /** Where the next shard begins. */
  readonly next: Cursor;
  /** Bytes of documents.jsonl up to there. */
  readonly documentBytes: number;
  /** SHA-256 of the content of all documents begun up to there. */
  readonly content: string;
}

/** A hook that was harvested. */
export interface HarvestedHook {
  /** Its name, which the tensor in each shard has. */
  readonly name: string;
  /** Width of its rows. */
  readonly width: number;
  /** Median norm of its rows over the first shard. */
  readonly medianNorm: number;
}

/** The state of a harvest, complete or not. */
export interface HarvestManifest extends Omit<HarvestSettings, "hookNames"> {
  /** The layout of the folder. */
  readonly format: typeof harvestFormat;
  /** What was harvested. */
  readonly hooks: readonly HarvestedHook[];
  /** Texts, token ids or images: their name, and the hash of what was harvested of them. */
  readonly source: SourceRecord;
  /** Rows of all shards. */
  readonly rows: number;
  /** Rows left out. */
  readonly dropped: number;
  /** Whether the harvest came to its end. */
  readonly complete: boolean;
  /** In order. */
  readonly shards: readonly ShardRecord[];
}

/** A manifest from its settings and its shards. */
export function manifestOf(
  { hookNames: _, ...settings }: HarvestSettings,
  { sourceName, ...state }: Pick<HarvestManifest, "hooks" | "complete" | "shards"> & { readonly sourceName: string },
): HarvestManifest {
  const { shards } = state;
  const sum = (key: "rows" | "dropped"): number => shards.reduce((total, shard) => total + shard[key], 0);
  return {
    format: harvestFormat,
    ...settings,
    source: { name: sourceName, sha256: shards.at(-1)?.content ?? "" },
    rows: sum("rows"),
    dropped: sum("dropped"),
    ...state,
  };
}

/** The text of its file. */
export const manifestText = (manifest: HarvestManifest): string => `${JSON.stringify(manifest, null, 1)}\n`;

/**
 * Takes a manifest that a harvest may go on from.
 *
 * @throws FormatError `not-a-harvest`; `other-harvest` where a setting differs
 */
export function resumedManifest(json: unknown, settings: HarvestSettings, file: string): HarvestManifest {
  const manifest = json as HarvestManifest;
  if (Object(json).format !== harvestFormat || !Array.isArray(manifest.shards) || !Array.isArray(manifest.hooks)) {
    const message = "the folder's manifest.json must be that of a harvest, got another; choose another folder";
    throw new FormatError("not-a-harvest", message, { file });
  }
  const { hookNames, ...others } = settings;
  const same = (key: string, found: unknown, wanted: unknown): void => {
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    const message = `a harvest goes on with the same ${key}, ${JSON.stringify(found)}, got ${JSON.stringify(wanted)}; repeat the command, or choose another folder`;
    throw new FormatError("other-harvest", message, { file });
  };
  same(
    "hooks",
    manifest.hooks.map(({ name }) => name),
    hookNames,
  );
  const inputs: Readonly<Record<string, unknown>> = Object(manifest.inputs);
  for (const key of new Set([...Object.keys(inputs), ...Object.keys(others.inputs)]))
    same(key, inputs[key], others.inputs[key]);
  for (const [key, wanted] of Object.entries(others)) same(key, manifest[key as keyof typeof others], wanted);
  return manifest;
}
