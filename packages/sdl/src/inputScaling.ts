import type { Model } from "./model.js";

/** Samples as a dictionary sees them, and the way back. */
export interface ScaledSamples {
  /** `[B, width]`, row-major. */
  readonly scaled: Float32Array | Float64Array;
  /** Reconstructions `[B, width]` of the same samples in original units. */
  readonly restore: (y: Float32Array, width: number) => Float32Array;
}

/**
 * Scales each sample by itself, as SAELens does at run time. `constantNorm`: x c with c = sqrt(width) / ||x||, reconstruction / c (a
 * zero sample has c = 1). `layerNorm`: (x - mean) / (std + 1e-5) with the sample standard deviation, reconstruction std + mean.
 *
 * @param kind - what to do; `none` returns the samples themselves
 * @param x - samples `[B, width]`, not changed
 * @param width - columns of a sample
 */
export function scaleSamples(
  kind: Model["inputScaling"],
  x: Float32Array | Float64Array,
  width: number,
): ScaledSamples {
  if (kind === "none") return { scaled: x, restore: (y) => y };
  const statistics = kind === "constantNorm" ? constantNorm : layerNorm;
  const batch = x.length / width;
  const scaled = x.slice();
  const shifts = new Float64Array(batch);
  const factors = new Float64Array(batch);
  for (let b = 0; b < batch; b++) {
    const { shift, divisor, factor } = statistics(x.subarray(b * width, (b + 1) * width));
    shifts[b] = shift;
    factors[b] = factor;
    for (let j = b * width; j < (b + 1) * width; j++) scaled[j] = ((x[j] as number) - shift) / divisor;
  }
  const restore = (y: Float32Array, columns: number): Float32Array =>
    y.map((value, j) => {
      const b = Math.floor(j / columns);
      return value * (factors[b] as number) + (shifts[b] as number);
    });
  return { scaled, restore };
}

/** A sample becomes (x - shift) / divisor, its reconstruction y factor + shift. */
interface Statistics {
  readonly shift: number;
  readonly divisor: number;
  readonly factor: number;
}

function constantNorm(sample: Float32Array | Float64Array): Statistics {
  let squares = 0;
  for (const value of sample) squares += value * value;
  const norm = squares > 0 ? Math.sqrt(squares / sample.length) : 1;
  return { shift: 0, divisor: norm, factor: norm };
}

function layerNorm(sample: Float32Array | Float64Array): Statistics {
  let sum = 0;
  for (const value of sample) sum += value;
  const mean = sum / sample.length;
  let squares = 0;
  for (const value of sample) squares += (value - mean) ** 2;
  const std = Math.sqrt(squares / Math.max(sample.length - 1, 1));
  return { shift: mean, divisor: std + 1e-5, factor: std };
}
