import { permutedIndex } from "@monosema/tensor";

/** One batch of samples; the shape that training reads. */
export interface BenchBatch {
  /** Samples, B. */
  readonly size: number;
  /** `[B, nP]` row-major. */
  readonly input: Float32Array;
  /** `[B, nR]` row-major; absent where the target is the input. */
  readonly target?: Float32Array;
}

/** Batches as a pure function of the step, so that resuming needs no state; the shape that training reads. */
export interface BenchBatchSource {
  /** Samples of a batch. */
  readonly batchSize: number;
  /** Distinct samples, N. */
  readonly samples: number;
  /** The batch of a step, counted from 1. */
  batch(step: number): BenchBatch;
  /** Indices of the samples in the batch of a step, `[B]`. */
  sampleIndices(step: number): number[];
}

/**
 * Epochs without replacement over N samples: each epoch has its own seeded order, computed by index; the last incomplete batch of an
 * epoch is dropped. A batch size above N becomes N.
 *
 * @param make - the batch of given samples
 * @throws RangeError for sizes or steps that are no positive integers
 */
export function epochBatches(
  seed: number,
  samples: number,
  batchSize: number,
  make: (indices: readonly number[]) => BenchBatch,
): BenchBatchSource {
  checkCount("batchSource", "batchSize", batchSize);
  const size = Math.min(batchSize, samples);
  const perEpoch = Math.floor(samples / size);
  const sampleIndices = (step: number): number[] => {
    checkCount("batchSource", "step", step);
    const epoch = Math.floor((step - 1) / perEpoch);
    const first = ((step - 1) % perEpoch) * size;
    const order = permutedIndex(seed, samples, "order", epoch);
    return Array.from({ length: size }, (_, i) => order(first + i));
  };
  return { batchSize: size, samples, sampleIndices, batch: (step) => make(sampleIndices(step)) };
}

/** RangeError unless a count is a positive integer. */
export function checkCount(caller: string, name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${caller}: ${name} must be a positive integer, got ${value}; pass such a number`);
  }
}
