import { type EvaluateSums, type Model, sequentialBatches } from "@monosema/sdl";
import { type Backend, openMatrix, type SparseRows } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import { codesWriter, type EncodedPaths, encodedBatch } from "../encode/writeEncoded.js";
import { npyRows } from "../npyRows.js";
import type { Session } from "../session.js";
import { codesOf } from "./codesOf.js";
import { encodedFiles } from "./encodedFiles.js";
import { sumsOf } from "./evaluatedByShards.js";
import { runShards, type ShardResult } from "./runShards.js";
import type { Sharding } from "./shardOptions.js";

/** What is encoded by shards. */
export interface ShardedEncoding {
  /** The dictionary as it is run. */
  readonly model: Model;
  /** Rows of the data. */
  readonly rows: number;
  /** Where the files go. */
  readonly paths: EncodedPaths;
}

/** Encodes by shards and joins their files: the bytes of one pass, since rows are encoded one by one. */
export async function encodedByShards(
  session: Session,
  backend: Backend,
  sharding: Sharding,
  { model, rows, paths }: ShardedEncoding,
): Promise<EvaluateSums> {
  const { nQ, nR } = model.spec;
  const plan = { kind: "encode", model, rows, leftOut: new Int32Array(), settings: {} };
  const results = await runShards(session, backend, sharding, plan);
  const size = encodedBatch(nQ);
  await codesWriter(paths)(session, paths.codes, [rows, nQ], storedCodes(results, size));
  await session.write(paths.reconstruction, npyRows([rows, nR], storedRows(results, size)));
  return sumsOf(results);
}

/** The codes of all shards, some rows at a time. */
async function* storedCodes(results: readonly ShardResult[], size: number): AsyncGenerator<SparseRows> {
  for (const result of results) {
    const stored = await codesOf(result);
    try {
      for (let row = 0; row < stored.rows; row += size)
        yield await stored.readRows(row, Math.min(size, stored.rows - row));
    } finally {
      await stored.close();
    }
  }
}

/** The reconstructions of all shards, some rows at a time. */
async function* storedRows(results: readonly ShardResult[], size: number): AsyncGenerator<Float32Array> {
  for (const { files } of results) {
    const { folder, close } = await files();
    const matrix = await openMatrix(await fileSource(encodedFiles(folder).reconstruction));
    try {
      for await (const { input } of sequentialBatches(matrix, size)) yield input as Float32Array;
    } finally {
      await matrix.close();
      await close();
    }
  }
}
