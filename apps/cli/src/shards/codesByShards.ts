import { joinedCodes, type Model, openCodes, type StoredCodes } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import type { Session } from "../session.js";
import { encodedFiles } from "./encodedFiles.js";
import { runShards, type ShardResult } from "./runShards.js";
import type { Sharding } from "./shardOptions.js";

/** Encodes by shards, and reads their codes as one file. */
export async function codesByShards(
  session: Session,
  backend: Backend,
  sharding: Sharding,
  model: Model,
  rows: number,
): Promise<StoredCodes> {
  const plan = { kind: "codes", model, rows, leftOut: new Int32Array(), settings: {} };
  const parts: StoredCodes[] = [];
  for (const result of await runShards(session, backend, sharding, plan)) parts.push(await codesOf(result));
  return joinedCodes(parts);
}

/** The codes of a shard; to close them closes its files. */
async function codesOf({ files }: ShardResult): Promise<StoredCodes> {
  const { folder, close } = await files();
  const stored = await openCodes(await fileSource(encodedFiles(folder).codes));
  return {
    ...stored,
    async close() {
      await stored.close();
      await close();
    },
  };
}
