import { type Model, openModel, type Rows } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import { placeOf } from "../finish/sortedRows.js";
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
  return {
    valueAt(latent, row) {
      const place = placeOf(sample.rows, row);
      if (place >= 0) return valueIn(sample.codes, place, latent);
      const at = placeOf(missing, row);
      const block = at < 0 ? undefined : blocks.find(({ from, to }) => at >= from && at < to);
      return block === undefined ? 0 : valueIn(block.codes, row - block.start, latent);
    },
  };
}

async function encodedRows(backend: Backend, model: Model, rows: Int32Array, samples: Rows) {
  if (rows.length === 0) return [];
  const loaded = openModel(backend, model);
  const blocks: { readonly from: number; readonly to: number; readonly start: number; readonly codes: SparseRows }[] = [];
  try {
    for (const { from, to, start, count } of rowBlocks(rows, BLOCK))
      blocks.push({ from, to, start, codes: await loaded.encode(await samples.readRows(start, count), count) });
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
