import { joinedCodes, type Model, type StoredCodes } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Session } from "../session.js";
import { codesOf } from "./codesOf.js";
import { runShards } from "./runShards.js";
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
