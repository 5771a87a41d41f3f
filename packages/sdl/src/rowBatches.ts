import { permutedIndex } from "@monosema/tensor";
import type { Batch, BatchSource } from "./batch.js";

/** Samples by row; a MatrixSource of the tensor package is one. */
export interface Rows {
  /** Samples N. */
  readonly rows: number;
  /** Width. */
  readonly columns: number;
  /** Rows that are best read together; absent where any single row is as quick, as in memory. */
  readonly block?: number;
  /** Rows `start` to `start + count - 1` `[count, columns]`; may be a view that must not be written to. */
  readonly readRows: (start: number, count: number) => Float32Array | Promise<Float32Array>;
}

/** Rows that lie in memory, `[N, columns]` row-major. */
export function arrayRows(values: Float32Array, columns: number): Rows {
  if (!Number.isInteger(columns) || columns < 1 || values.length % columns !== 0) {
    throw new RangeError(
      `arrayRows: needs whole rows of ${columns} columns, got ${values.length} numbers; give the right width`,
    );
  }
  const rows = values.length / columns;
  return { rows, columns, readRows: (start, count) => values.subarray(start * columns, (start + count) * columns) };
}

/** Reads all rows into memory when they take at most `limit` bytes (default 1 GiB); else gives the source back. */
export async function inMemory(source: Rows, limit: number = 2 ** 30): Promise<Rows> {
  if (source.rows * source.columns * 4 > limit) return source;
  return arrayRows((await source.readRows(0, source.rows)).slice(), source.columns);
}

/** Options of {@link rowBatches}. */
export interface RowBatchesOptions {
  /** Samples per batch; at most N. Default 1024. */
  readonly batchSize?: number;
  /** Seed of the order. Default 0. */
  readonly seed?: number;
  /** Targets, row by row, of a transcoder. */
  readonly target?: Rows;
}

/**
 * Shuffled batches of rows: epochs without replacement, the incomplete last batch dropped, another order in every epoch. The order
 * is computed by index, so that nothing but the rows of one batch is held.
 *
 * @throws RangeError when there are no rows, input and target differ in number, or the batch size is not a whole number
 */
export function rowBatches(input: Rows, { batchSize = 1024, seed = 0, target }: RowBatchesOptions = {}): BatchSource {
  if (target && target.rows !== input.rows) {
    throw new RangeError(
      `rowBatches: input and target must have the same number of rows, got ${input.rows} and ${target.rows}; pair them`,
    );
  }
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`rowBatches: batchSize must be a whole number of at least 1, got ${batchSize}; correct it`);
  }
  if (input.rows < 1) throw new RangeError("rowBatches: needs at least one row, got none; check the data");
  const size = Math.min(batchSize, input.rows);
  const perEpoch = Math.floor(input.rows / size);
  let epoch = -1;
  let order = (index: number): number => index;
  return {
    batchSize: size,
    samples: input.rows,
    async batch(step) {
      const now = Math.floor((step - 1) / perEpoch);
      if (now !== epoch) {
        epoch = now;
        order = permutedIndex(seed, input.rows, "epoch", epoch);
      }
      const first = ((step - 1) % perEpoch) * size;
      const chosen = Array.from({ length: size }, (_, i) => order(first + i));
      return {
        size,
        input: await gathered(input, chosen),
        ...(target ? { target: await gathered(target, chosen) } : {}),
      };
    },
  };
}

/** All rows in order, in batches of at most `size`; for evaluation. */
export async function* sequentialBatches(
  input: Rows,
  size: number = 1024,
  target?: Rows,
): AsyncGenerator<Batch, void, void> {
  for (let start = 0; start < input.rows; start += size) {
    const count = Math.min(size, input.rows - start);
    yield {
      size: count,
      input: await input.readRows(start, count),
      ...(target ? { target: await target.readRows(start, count) } : {}),
    };
  }
}

async function gathered({ columns, readRows }: Rows, chosen: readonly number[]): Promise<Float32Array> {
  const out = new Float32Array(chosen.length * columns);
  for (const [i, row] of chosen.entries()) {
    const values = readRows(row, 1);
    out.set(values instanceof Float32Array ? values : await values, i * columns);
  }
  return out;
}
