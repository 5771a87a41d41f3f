import { type Model, openModel, type Rows } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import { placeAtMost, placeOf } from "../finish/sortedRows.js";
import { rowBlocks } from "../origin/rowBlocks.js";
import { rowHash } from "../statistics/rowHash.js";
import type { RowSample } from "../statistics/rowSample.js";

/** Codes of rows, looked up by latent. */
export interface CodeLookup {
  /** The latent's value in a row; 0 where it does not fire or the row was left out. */
  readonly valueAt: (latent: number, row: number) => number;
}

/** Rows that are encoded together. */
const BLOCK = 1024;

/**
 * Codes of some rows: those of the sample, and for rows that it does not hold, encoded again.
 *
 * @param rows - ascending
 * @param samples - the rows `[N, P]`
 * @param leftOut - rows that were not read, ascending
 */
export async function codesOf(
  backend: Backend,
  model: Model,
  rows: Int32Array,
  sample: RowSample,
  samples: Rows,
  leftOut: Int32Array,
): Promise<CodeLookup> {
  const missing = rows.filter((row) => rowHash(row) >= sample.limit && placeOf(leftOut, row) < 0);
  const blocks = await encodedRows(backend, model, missing, samples);
  const starts = Int32Array.from(blocks, ({ from }) => from);
  return {
    valueAt(latent, row) {
      const place = placeOf(sample.rows, row);
      if (place >= 0) return valueIn(sample.codes, place, latent);
      const at = placeOf(missing, row);
      if (at < 0) return 0;
      const block = blocks[placeAtMost(starts, at)] as EncodedBlock;
      return valueIn(block.codes, row - block.start, latent);
    },
  };
}

interface EncodedBlock {
  /** Place of its first row among the missing ones. */
  readonly from: number;
  /** Row of its first codes. */
  readonly start: number;
  readonly codes: SparseRows;
}

async function encodedRows(
  backend: Backend,
  model: Model,
  rows: Int32Array,
  samples: Rows,
): Promise<readonly EncodedBlock[]> {
  if (rows.length === 0) return [];
  const loaded = openModel(backend, model);
  const blocks: EncodedBlock[] = [];
  try {
    for (const { from, start, count } of rowBlocks(rows, BLOCK))
      blocks.push({ from, start, codes: await loaded.encode(await samples.readRows(start, count), count) });
  } finally {
    loaded.dispose();
  }
  return blocks;
}

/** A latent's value in row b of some codes, by bisection: latents ascend. */
function valueIn({ offsets, latents, values }: SparseRows, b: number, latent: number): number {
  const first = offsets[b] as number;
  const at = placeOf(latents.subarray(first, offsets[b + 1]), latent);
  return at < 0 ? 0 : (values[first + at] as number);
}
