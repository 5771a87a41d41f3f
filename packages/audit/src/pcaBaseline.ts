import { fractionUnexplained, type Rows, rowBatches, sequentialBatches } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { principalComponents } from "./principalComponents.js";

/** What a linear code leaves unexplained. */
export interface PcaBaseline {
  /** Principal components: the numbers that the code has for each sample. */
  readonly components: number;
  /** Fraction of variance unexplained of the measured samples; null for samples without variance. */
  readonly fvu: number | null;
}

/** Training samples that the components are taken from, at most. */
const SAMPLES = 20_000;

/**
 * The fvu of the best linear code: principal components of training samples, measured on other samples. With as many components as a
 * dictionary has active latents per sample, a dictionary is worth its latents where its fvu is lower; 1 is what the mean alone leaves.
 *
 * @param training - samples `[N, P]`; at most 20,000 of them are drawn
 * @param measured - samples `[M, P]` that the fvu is over, best such that are not among the former
 * @param components - a whole number of at least 1; at most P are used
 * @throws RangeError for samples of different widths, or as {@link principalComponents}
 */
export async function pcaBaseline(
  backend: Backend,
  training: Rows,
  measured: Rows,
  components: number,
): Promise<PcaBaseline> {
  const width = training.columns;
  if (measured.columns !== width) {
    throw new RangeError(
      `pcaBaseline: training and measured samples must have the same width, got ${width} and ${measured.columns}; check the data`,
    );
  }
  const { input } = await rowBatches(training, { batchSize: SAMPLES }).batch(1);
  const count = Math.min(components, width);
  const { mean, directions } = await principalComponents(backend, input, width, count);
  const axes = backend.tensor(Float32Array.from(directions.data), [directions.rows, width]);
  const first = new Float64Array(width);
  let second = 0;
  let power = 0;
  let captured = 0;
  try {
    for await (const { input: samples, size } of sequentialBatches(measured, 1024)) {
      const centred = new Float32Array(samples.length);
      for (let i = 0; i < samples.length; i++) {
        const d = i % width;
        const value = (samples[i] as number) - (mean[d] as number);
        centred[i] = value;
        first[d] = (first[d] as number) + value;
        second += value * value;
        power += (samples[i] as number) ** 2;
      }
      const made = backend.scope(() =>
        backend.matMul(backend.tensor(centred, [size, width]), axes, { transposeB: true }),
      ); // [B, K]
      for (const value of await backend.read(made)) captured += value * value;
      backend.dispose(made);
    }
  } finally {
    backend.dispose(axes);
  }
  const variance = second - first.reduce((sum, value) => sum + value * value, 0) / measured.rows;
  const error = Math.max(0, second - captured);
  return { components: count, fvu: fractionUnexplained(error, variance, power) };
}
