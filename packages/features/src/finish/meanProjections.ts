import type { Rows } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { rowBlocks } from "../origin/rowBlocks.js";
import type { LabelledHalves } from "./labelledHalves.js";

/** Rows that are read and multiplied together. */
const BLOCK = 1024;

/**
 * Projections of the sampled rows on class means less the mean of all, both of the labelled half to choose on.
 *
 * @param rows - the sampled rows, ascending `[S]`
 * @param wanted - indices of classes
 * @returns for each of them the projection of each sampled row `[S]`
 */
export async function meanProjections(
  backend: Backend,
  rows: Int32Array,
  { classes, learning }: LabelledHalves,
  wanted: readonly number[],
  samples: Rows,
): Promise<readonly Float32Array[]> {
  const { columns } = samples;
  const projections = wanted.map(() => new Float32Array(rows.length));
  if (wanted.length === 0) return projections;
  const sums = Array.from({ length: classes.length + 1 }, () => new Float64Array(columns)); // the last one: of all
  for await (const { place, values } of rowsAt(samples, rows)) {
    const number = learning.numbers[place] as number;
    if (number < 0) continue;
    const index = learning.classOf[number] as number;
    for (const sum of index < 0 ? [sums.at(-1)] : [sums[index], sums.at(-1)])
      for (let d = 0; d < columns; d++)
        (sum as Float64Array)[d] = ((sum as Float64Array)[d] as number) + (values[d] as number);
  }
  const [all, count] = [sums.at(-1) as Float64Array, learning.places.length];
  const directions = Float32Array.from({ length: wanted.length * columns }, (_, i) => {
    const [index, d] = [wanted[Math.floor(i / columns)] as number, i % columns];
    return (
      ((sums[index] as Float64Array)[d] as number) / (learning.counts[index] as number) - (all[d] as number) / count
    );
  });
  const means = backend.tensor(directions, [wanted.length, columns]);
  try {
    for (const { from, to, start, count: size } of rowBlocks(rows, BLOCK)) {
      const block = await samples.readRows(start, size);
      const product = backend.scope(() =>
        backend.matMul(backend.tensor(block, [size, columns]), means, { transposeB: true }),
      );
      const values = await backend.read(product);
      backend.dispose(product);
      for (let place = from; place < to; place++) {
        const row = (rows[place] as number) - start;
        projections.forEach((own, i) => {
          own[place] = values[row * wanted.length + i] as number;
        });
      }
    }
  } finally {
    backend.dispose(means);
  }
  return projections;
}

/** Rows one by one, with their place in the list. */
async function* rowsAt(samples: Rows, rows: Int32Array) {
  for (const { from, to, start, count } of rowBlocks(rows, BLOCK)) {
    const block = await samples.readRows(start, count);
    for (let place = from; place < to; place++) {
      const row = (rows[place] as number) - start;
      yield { place, values: block.subarray(row * samples.columns, (row + 1) * samples.columns) };
    }
  }
}
