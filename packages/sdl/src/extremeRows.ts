import { sequentialBatches } from "./rowBatches.js";
import type { Rows } from "./rows.js";

/** Rows whose norm stands far above the others: left in, they own the loss and the scale of the data. */
export interface ExtremeRows {
  /** Median of ||x|| over the rows that are not zero; 0 where all are. */
  readonly median: number;
  /** The rows whose norm exceeds the limit, ascending. */
  readonly rows: Int32Array;
  /** Their norms, divided by the median. */
  readonly ratios: Float64Array;
}

/**
 * The rows whose norm exceeds `limit` times the median norm.
 *
 * @param norms - ||x|| of each row `[N]`
 * @param limit - ratio to the median, at least 1
 */
export function extremeRows(norms: Float64Array, limit: number): ExtremeRows {
  const sorted = norms.filter((norm) => norm > 0).sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  const rows = Int32Array.from(norms.keys()).filter((row) => (norms[row] as number) > limit * median);
  return { median, rows, ratios: Float64Array.from(rows, (row) => (norms[row] as number) / median) };
}

/**
 * ||x|| of each row `[N]`, in one pass over the source.
 *
 * @param onRows - called with the rows done so far; throws to stop
 */
export async function rowNorms(source: Rows, onRows: (done: number) => void = () => {}): Promise<Float64Array> {
  const norms = new Float64Array(source.rows);
  let row = 0;
  for await (const { input } of sequentialBatches(source, 4096)) {
    for (let start = 0; start < input.length; start += source.columns, row++) {
      let square = 0;
      for (let d = 0; d < source.columns; d++) square += (input[start + d] as number) ** 2;
      norms[row] = Math.sqrt(square);
    }
    onRows(row);
  }
  return norms;
}

/** The source without some of its rows, which are given ascending; nothing is copied but what is read. */
export function withoutRows(source: Rows, dropped: Int32Array): Rows {
  if (dropped.length === 0) return source;
  const gone = new Uint8Array(source.rows);
  for (const row of dropped) gone[row] = 1;
  const kept = Int32Array.from(gone.keys()).filter((row) => gone[row] === 0);
  return {
    rows: kept.length,
    columns: source.columns,
    ...(source.block === undefined ? {} : { block: source.block }),
    readRows(start, count) {
      const first = kept[start] as number;
      if (count === 0 || (kept[start + count - 1] as number) - first === count - 1)
        return source.readRows(first, count);
      return joined(source, kept.subarray(start, start + count));
    },
  };
}

/** Runs of neighbouring rows are read at once; where reads are dear, all of a stretch of which half is wanted. */
async function joined(source: Rows, kept: Int32Array): Promise<Float32Array> {
  const { columns } = source;
  const out = new Float32Array(kept.length * columns);
  const first = kept[0] as number;
  const stretch = (kept.at(-1) as number) + 1 - first;
  if (source.block !== undefined && stretch <= 2 * kept.length) {
    const all = await source.readRows(first, stretch);
    for (const [i, row] of kept.entries()) {
      const from = (row - first) * columns;
      out.set(all.subarray(from, from + columns), i * columns);
    }
    return out;
  }
  for (let at = 0; at < kept.length; ) {
    let end = at + 1;
    while (end < kept.length && kept[end] === (kept[end - 1] as number) + 1) end++;
    out.set(await source.readRows(kept[at] as number, end - at), at * columns);
    at = end;
  }
  return out;
}
