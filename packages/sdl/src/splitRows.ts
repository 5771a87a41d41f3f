import { permutedIndex } from "@monosema/tensor";
import { withoutRows } from "./extremeRows.js";
import type { Rows } from "./rows.js";

/** Samples in two parts. */
export interface SplitRows {
  /** The samples that were not drawn, in their order. */
  readonly training: Rows;
  /** The drawn samples, in their order. */
  readonly heldOut: Rows;
}

/**
 * Holds samples out, drawn without replacement by a seed: the same rows of every source with as many rows, such as inputs and targets.
 *
 * @param count - samples to hold out, from 0 to one less than there are
 * @param seed - of the drawing
 * @throws RangeError for a count out of range
 */
export function splitRows(source: Rows, count: number, seed: number): SplitRows {
  const { rows } = source;
  if (!(Number.isSafeInteger(count) && count >= 0 && count < rows)) {
    throw new RangeError(
      `splitRows: count must be a whole number from 0 to ${rows - 1}, one less than the rows, got ${count}; hold out fewer`,
    );
  }
  const order = permutedIndex(seed, rows, "heldOut");
  const drawn = new Uint8Array(rows);
  for (let i = 0; i < count; i++) drawn[order(i)] = 1;
  const where = (value: number): Int32Array => Int32Array.from(drawn.keys()).filter((row) => drawn[row] === value);
  return { training: withoutRows(source, where(1)), heldOut: withoutRows(source, where(0)) };
}
