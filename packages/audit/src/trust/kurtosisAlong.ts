import { gatherRows } from "@monosema/numerics";
import type { Backend } from "@monosema/tensor";

/** Samples projected, at most. */
const SAMPLES = 4000;
/** Directions at once: 16 MB of projections. */
const BLOCK = 1024;

/**
 * Kurtosis of samples along directions: 3 for a normal distribution, large where few samples are large; 0 where they do not vary.
 *
 * @param directions - `[Q, R]`
 * @param samples - `[N, R]`; of more than 4,000 as many are taken, evenly spaced
 */
export async function kurtosisAlong(
  backend: Backend,
  directions: Float32Array,
  samples: Float32Array,
  width: number,
): Promise<Float64Array> {
  const [count, all] = [directions.length / width, samples.length / width];
  const taken = Math.min(SAMPLES, all);
  const rows = Array.from({ length: taken }, (_, i) => Math.floor((i * all) / taken));
  const drawn = backend.tensor(gatherRows(samples, width, rows), [taken, width]);
  const result = new Float64Array(count);
  try {
    for (let start = 0; start < count; start += BLOCK) {
      const size = Math.min(BLOCK, count - start);
      const block = directions.subarray(start * width, (start + size) * width);
      const product = backend.scope(() =>
        backend.matMul(backend.tensor(block, [size, width]), drawn, { transposeB: true }),
      );
      const values = await backend.read(product);
      backend.dispose(product);
      for (let i = 0; i < size; i++) result[start + i] = kurtosis(values.subarray(i * taken, (i + 1) * taken));
    }
  } finally {
    backend.dispose(drawn);
  }
  return result;
}

function kurtosis(values: Float32Array | Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let [second, fourth] = [0, 0];
  for (const value of values) {
    const square = (value - mean) ** 2;
    second += square / values.length;
    fourth += (square * square) / values.length;
  }
  return second > 0 ? fourth / (second * second) : 0;
}
