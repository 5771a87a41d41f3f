import { contextWindows } from "../origin/contextWindows.js";
import type { RowOrigin } from "../origin/rowOrigin.js";
import { placeOf } from "./sortedRows.js";

/** Texts of rows that are no tokens, in the order of the rows, which ascend; undefined where a row has none. */
export type RowTexts = (rows: Int32Array) => Promise<readonly (string | undefined)[]>;

/** What tells the context of a row from others: equal for equal contexts. */
export type ContextKeys = (row: number) => number | string;

/**
 * Keys of the contexts of rows: of the tokens around a row, else of its text; without either every row is its own.
 *
 * @param rows - ascending
 * @param total - rows of the activations
 */
export async function contextKeys(
  rows: Int32Array,
  total: number,
  origin: RowOrigin | undefined,
  texts: RowTexts | undefined,
): Promise<ContextKeys> {
  if (origin?.tokens === undefined) {
    const found = await texts?.(rows);
    return (row) => found?.[placeOf(rows, row)] ?? row;
  }
  const keys = new Float64Array(rows.length);
  await contextWindows(origin, rows, total, (i, { tokens, at }) => {
    keys[i] = keyOf([...tokens, at]);
  });
  return (row) => keys[placeOf(rows, row)] as number;
}

/** 53 bits of two hashes of the numbers (FNV-1a over words, two offsets). */
function keyOf(numbers: readonly number[]): number {
  let [a, b] = [0x811c9dc5, 0x01234567];
  for (const number of numbers) {
    a = Math.imul(a ^ number, 0x01000193);
    b = Math.imul(b ^ number, 0x85ebca6b) ^ (b >>> 15);
  }
  return (a >>> 11) * 2 ** 32 + (b >>> 0);
}
