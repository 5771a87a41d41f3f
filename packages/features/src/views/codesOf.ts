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

/** A row that was encoded again: row b of some codes. */
interface EncodedRow {
  readonly codes: SparseRows;
  readonly b: number;
}

/**
 * Looks up codes of some rows: those of the sample, and for rows that it does not hold, encoded again - once, however often they are asked
 * for.
 *
 * @param samples - the rows `[N, P]`
 * @param leftOut - rows that were not read, ascending
 * @returns the codes of rows, ascending
 */
export function codesOf(
  backend: Backend,
  model: Model,
  sample: RowSample,
  samples: Rows,
  leftOut: Int32Array,
): (rows: Int32Array) => Promise<CodeLookup> {
  const encoded = new Map<number, EncodedRow>();
  const isMissing = (row: number): boolean =>
    rowHash(row) >= sample.limit && !encoded.has(row) && placeOf(leftOut, row) < 0;
  return async (rows) => {
    const missing = rows.filter(isMissing);
    if (missing.length > 0) {
      const loaded = openModel(backend, model);
      try {
        for (const { from, to, start, count } of rowBlocks(missing, BLOCK)) {
          const codes = await loaded.encode(await samples.readRows(start, count), count);
          for (const row of missing.subarray(from, to)) encoded.set(row, { codes, b: row - start });
        }
      } finally {
        loaded.dispose();
      }
    }
    return {
      valueAt(latent, row) {
        const place = placeOf(sample.rows, row);
        if (place >= 0) return valueIn(sample.codes, place, latent);
        const again = encoded.get(row);
        return again ? valueIn(again.codes, again.b, latent) : 0;
      },
    };
  };
}

/** A latent's value in row b of some codes, by bisection: latents ascend. */
function valueIn({ offsets, latents, values }: SparseRows, b: number, latent: number): number {
  const first = offsets[b] as number;
  const at = placeOf(latents.subarray(first, offsets[b + 1]), latent);
  return at < 0 ? 0 : (values[first + at] as number);
}
