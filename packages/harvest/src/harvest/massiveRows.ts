import type { CollectedRows } from "./rowCollector.js";

/** A row of massive norm, which is left out. */
export interface MassiveRow {
  /** Its token; absent for images. */
  readonly token?: number;
  /** Its document. */
  readonly document: number;
  /** Its position in the document. */
  readonly position: number;
  /** Its norm, divided by the median. */
  readonly ratio: number;
}

/** Norms of rows: how far each stands above the usual, over all hooks. */
export interface RowRatios {
  /** Largest norm over median of each row `[rows]`. */
  readonly ratios: Float64Array;
  /** Median norm by hook. */
  readonly medians: readonly number[];
}

/**
 * How far the norm of each row stands above the median. Language models put activations of enormous norm on the first delimiters of a
 * window (Sun et al. 2024); left in, they own the loss.
 *
 * @param medians - by hook, where they are known from earlier rows; default: of these rows
 */
export function rowRatios({ rows, values }: CollectedRows, medians?: readonly number[]): RowRatios {
  const norms = [...values.values()].map((matrix) => rowNorms(matrix, rows));
  const known = medians ?? norms.map(median);
  const ratios = new Float64Array(rows);
  for (const [h, some] of norms.entries()) {
    const unit = known[h] as number;
    if (unit === 0) continue;
    for (let row = 0; row < rows; row++) ratios[row] = Math.max(ratios[row] as number, (some[row] as number) / unit);
  }
  return { ratios, medians: known };
}

/** The rows above `limit`, by falling ratio, at most `count`. */
export function largestRows(
  collected: CollectedRows,
  ratios: Float64Array,
  limit: number,
  count: number,
): MassiveRow[] {
  const above = Array.from(ratios.keys()).filter((row) => (ratios[row] as number) > limit);
  above.sort((a, b) => (ratios[b] as number) - (ratios[a] as number) || a - b);
  return above.slice(0, count).map((row) => ({
    ...(collected.token ? { token: collected.token[row] as number } : {}),
    document: collected.document[row] as number,
    position: collected.position[row] as number,
    ratio: Math.round(10 * (ratios[row] as number)) / 10,
  }));
}

function rowNorms(values: Float32Array, rows: number): Float64Array {
  const width = values.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => {
    let square = 0;
    for (let i = row * width; i < (row + 1) * width; i++) square += (values[i] as number) ** 2;
    return Math.sqrt(square);
  });
}

function median(norms: Float64Array): number {
  const positive = norms.filter((norm) => norm > 0).sort();
  return positive[positive.length >> 1] ?? 0;
}
