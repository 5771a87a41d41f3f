import { random } from "@monosema/tensor";
import type { BatchSource } from "../../src/index.js";

/** Options of {@link toySource}. */
export interface ToyOptions {
  readonly nP: number;
  /** Width of a transcoder's target. */
  readonly nR?: number;
  readonly batchSize: number;
  /** True features. */
  readonly n?: number;
  /** Mean active features of a sample. */
  readonly active?: number;
  readonly seed?: number;
}

/** Unit Gaussian rows `[n, width]`. */
export function unitRows(n: number, width: number, seed: number, name = "features"): Float32Array {
  const stream = random(seed, name);
  const rows = Float32Array.from({ length: n * width }, () => stream.normal());
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const norm = Math.hypot(...row);
    for (let d = 0; d < width; d++) row[d] = (row[d] as number) / norm;
  }
  return rows;
}

/** Sparse positive sums of unit features: a pure function of the step. */
export function toySource({
  nP,
  nR,
  batchSize,
  n = 12,
  active = 2,
  seed = 0,
}: ToyOptions): BatchSource & { readonly features: Float32Array } {
  const features = unitRows(n, nP, seed);
  const targetFeatures = nR === undefined ? undefined : unitRows(n, nR, seed, "targets");
  return {
    batchSize,
    features,
    batch(step) {
      const stream = random(seed, "batch", step);
      const coefficients = Float64Array.from({ length: batchSize * n }, () =>
        stream.bernoulli(active / n) ? 1 + stream.exponential() : 0,
      );
      const mixed = (rows: Float32Array): Float32Array => {
        const width = rows.length / n;
        const out = new Float32Array(batchSize * width);
        coefficients.forEach((value, j) => {
          if (value === 0) return;
          const [b, i] = [Math.floor(j / n), j % n];
          for (let d = 0; d < width; d++)
            out[b * width + d] = (out[b * width + d] as number) + value * (rows[i * width + d] as number);
        });
        return out;
      };
      return { size: batchSize, input: mixed(features), ...(targetFeatures ? { target: mixed(targetFeatures) } : {}) };
    },
  };
}

/** For each row of `truth` the largest cosine with a row of `learned`. */
export function bestCosines(truth: Float32Array, learned: Float32Array, width: number): number[] {
  const row = (rows: Float32Array, i: number): Float32Array => rows.subarray(i * width, (i + 1) * width);
  return Array.from({ length: truth.length / width }, (_, i) => {
    const own = row(truth, i);
    let best = -1;
    for (let j = 0; j < learned.length / width; j++) {
      const other = row(learned, j);
      const inner = own.reduce((sum, v, d) => sum + v * (other[d] as number), 0);
      best = Math.max(best, inner / (Math.hypot(...own) * Math.hypot(...other) || 1));
    }
    return best;
  });
}
