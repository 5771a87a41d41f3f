import { createHash } from "node:crypto";
import { join } from "node:path";
import { safetensorsParts } from "@monosema/tensor";
import { type FileSystem, writeFileAtomic } from "@monosema/tensor/node";
import {
  type HarvestedHook,
  type HarvestManifest,
  type HarvestSettings,
  manifestOf,
  manifestText,
  type ShardRecord,
} from "../harvest/manifest.js";
import { largestRows, rowRatios } from "../harvest/massiveRows.js";
import type { CollectedRows } from "../harvest/rowCollector.js";
import { shardTensors } from "../harvest/shardTensors.js";
import { manifestName } from "../read/manifest.js";
import type { HarvestDocument } from "../source/harvestDocument.js";
import type { Cursor } from "../source/harvestSource.js";
import type { ContentHash } from "./contentHash.js";
import type { DocumentLog } from "./documentLog.js";

/** Rows that make a shard, and what comes with them. */
export interface ShardContent {
  /** The rows. */
  readonly collected: CollectedRows;
  /** Documents that begin in it. */
  readonly begun: readonly HarvestDocument[];
  /** Where the next one begins. */
  readonly next: Cursor;
}

/** Writes the shards of a folder one after the other: each is on the disk before the manifest names it. */
export interface ShardWriter {
  /** Writes the manifest as it is, so that the folder is known for that of this harvest from its first moment on. */
  begin(): Promise<void>;
  /** Writes a shard and the manifest. */
  write(content: ShardContent): Promise<void>;
  /** Says in the manifest that no shard follows. */
  finish(): Promise<HarvestManifest>;
  /** Shards so far. */
  readonly shards: readonly ShardRecord[];
}

/** Where a folder stands. */
export interface ShardWriterOptions {
  readonly folder: string;
  readonly fs: FileSystem;
  readonly settings: HarvestSettings;
  /** Name of the source. */
  readonly sourceName: string;
  /** Widths by hook. */
  readonly widths: ReadonlyMap<string, number>;
  /** Finished shards, and the hooks with the median norms of the first. */
  readonly earlier?: Pick<HarvestManifest, "shards" | "hooks">;
  /** Documents, and the hash of their content, up to the last finished shard. */
  readonly documents: DocumentLog;
  readonly hash: ContentHash;
}

/** Goes on where a folder stands. */
export function shardWriter(options: ShardWriterOptions): ShardWriter {
  const { folder, fs, settings, sourceName, widths, documents, hash } = options;
  const shards: ShardRecord[] = [...(options.earlier?.shards ?? [])];
  let hooks: readonly HarvestedHook[] | undefined = shards.length > 0 ? options.earlier?.hooks : undefined;
  const state = (complete: boolean): HarvestManifest => {
    const known = hooks ?? [...widths].map(([name, width]) => ({ name, width, medianNorm: 0 }));
    return manifestOf(settings, { sourceName, hooks: known, complete, shards });
  };
  const save = async (complete: boolean): Promise<HarvestManifest> => {
    const manifest = state(complete);
    await writeFileAtomic(join(folder, manifestName), new TextEncoder().encode(manifestText(manifest)), fs);
    return manifest;
  };
  return {
    shards,
    begin: async () => {
      await save(false);
    },
    async write({ collected, begun, next }) {
      const { ratios, medians } = rowRatios(
        collected,
        hooks?.map(({ medianNorm }) => medianNorm),
      );
      hooks ??= [...widths].map(([name, width], h) => ({ name, width, medianNorm: medians[h] as number }));
      const limit = settings.maxNorm ?? Number.POSITIVE_INFINITY;
      const keep = Uint8Array.from(ratios, (ratio) => (ratio > limit ? 0 : 1));
      const rows = keep.reduce((sum, one) => sum + one, 0);
      const largest = largestRows(collected, ratios, limit, 5);
      const file = `shard-${String(shards.length).padStart(5, "0")}.safetensors`;
      const { size, parts } = safetensorsParts(shardTensors(collected, keep, settings.dtype));
      const sha256 = await writeHashed(join(folder, file), parts, fs);
      hash.add(begun);
      shards.push({
        file,
        rows,
        dropped: collected.rows - rows,
        ...(largest.length > 0 ? { largest } : {}),
        bytes: size,
        sha256,
        next,
        documentBytes: await documents.add(begun),
        content: hash.value(),
      });
      await save(false);
    },
    finish: () => save(true),
  };
}

async function writeHashed(path: string, parts: Iterable<Uint8Array>, fs: FileSystem): Promise<string> {
  const hash = createHash("sha256");
  const watched = function* () {
    for (const part of parts) {
      hash.update(part);
      yield part;
    }
  };
  await writeFileAtomic(path, watched(), fs);
  return hash.digest("hex");
}
