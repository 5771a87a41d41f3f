import type { BatchSource } from "@monosema/sdl";
import { random } from "@monosema/tensor";

/** Unit Gaussian rows `[n, width]`. */
export function unitRows(n: number, width: number, seed: number): Float64Array {
  const stream = random(seed, "rows", width);
  const rows = Float64Array.from({ length: n * width }, () => stream.normal());
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const norm = Math.hypot(...row);
    for (let d = 0; d < width; d++) row[d] = (row[d] as number) / norm;
  }
  return rows;
}

/** Options of {@link sparseSource}. */
export interface SparseSourceOptions {
  readonly n: number;
  readonly batchSize: number;
  /** Mean active features of a sample. */
  readonly active: number;
}

/** Sparse positive sums of features, and of target features where given: a pure function of the step. */
export function sparseSource(
  { n, batchSize, active }: SparseSourceOptions,
  features: Float64Array,
  targetFeatures?: Float64Array,
): BatchSource {
  return {
    batchSize,
    batch(step) {
      const stream = random(0, "batch", step);
      const coefficients = Float64Array.from({ length: batchSize * n }, () =>
        stream.bernoulli(active / n) ? 1 + stream.exponential() : 0,
      );
      return {
        size: batchSize,
        input: mixed(coefficients, features, n),
        ...(targetFeatures ? { target: mixed(coefficients, targetFeatures, n) } : {}),
      };
    },
  };
}

/** coefficients features for coefficients `[B, n]`. */
export function mixed(coefficients: Float64Array, features: Float64Array, n: number): Float32Array {
  const width = features.length / n;
  const out = new Float32Array((coefficients.length / n) * width);
  coefficients.forEach((value, j) => {
    if (value === 0) return;
    const [b, i] = [Math.floor(j / n), j % n];
    for (let d = 0; d < width; d++) {
      out[b * width + d] = (out[b * width + d] as number) + value * (features[i * width + d] as number);
    }
  });
  return out;
}

/** Row i. */
export const row = (rows: Float32Array | Float64Array, i: number, width: number): number[] => [
  ...rows.subarray(i * width, (i + 1) * width),
];

/** Inner product. */
export const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, d) => sum + v * (b[d] as number), 0);

/** For each row of `of` the largest inner product with a row of `among`, rows of `width`. */
export function bestMatches(
  of: Float32Array | Float64Array,
  among: Float32Array | Float64Array,
  width: number,
): number[] {
  const count = among.length / width;
  return Array.from({ length: of.length / width }, (_, i) =>
    Math.max(...Array.from({ length: count }, (_, j) => inner(row(of, i, width), row(among, j, width)))),
  );
}
