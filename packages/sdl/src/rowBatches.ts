import { permutedIndex } from "@monosema/tensor";
import type { Batch, BatchSource } from "./batch.js";
import type { Rows } from "./rows.js";
import { type TakeRows, takeFromBlocks } from "./takeFromBlocks.js";

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
 * Where single rows are dear, which `block` of the input or the target says, blocks of neighbouring rows are read in a random order, and
 * rows are mixed within pools of as many blocks as 256 MiB hold. A batch then has rows from all over the data, as many blocks as a pool
 * has at most, and rows of one block come close to each other in the run, though rarely in one batch; each is read once in an epoch.
 * Data that fit a pool are mixed as well as in memory. The order is a function of seed and step there, too.
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
  const sources = target ? [input, target] : [input];
  const block = input.block ?? target?.block;
  const take = block === undefined ? takeByRows(sources, seed) : takeFromBlocks(sources, seed, block);
  return {
    batchSize: size,
    samples: input.rows,
    async batch(step) {
      const epoch = Math.floor((step - 1) / perEpoch);
      const [inputs, targets] = await take(epoch, ((step - 1) % perEpoch) * size, size);
      return { size, input: inputs as Float32Array, ...(targets ? { target: targets } : {}) };
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

/** The rows of an epoch one by one, in an order of all of them. */
function takeByRows(sources: readonly Rows[], seed: number): TakeRows {
  const rows = sources[0]?.rows ?? 0;
  let epoch = -1;
  let order = (index: number): number => index;
  return async (now, first, count) => {
    if (now !== epoch) {
      epoch = now;
      order = permutedIndex(seed, rows, "epoch", epoch);
    }
    const chosen = Array.from({ length: count }, (_, i) => order(first + i));
    const taken: Float32Array[] = [];
    for (const source of sources) taken.push(await gathered(source, chosen));
    return taken;
  };
}

async function gathered({ columns, readRows }: Rows, chosen: readonly number[]): Promise<Float32Array> {
  const out = new Float32Array(chosen.length * columns);
  for (const [i, row] of chosen.entries()) {
    const values = readRows(row, 1);
    out.set(values instanceof Float32Array ? values : await values, i * columns);
  }
  return out;
}
