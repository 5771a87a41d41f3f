import { type BenchBatch, checkCount } from "../data/batches.js";
import type { BenchParts } from "../data/benchParts.js";
import type { BatchSourceOptions, LinearRepresentationBench } from "../data/linearRepresentationBench.js";
import { startBatchWorkers } from "./batchWorkers.js";

/** Options of {@link parallelBatches}. */
export interface ParallelBatchesOptions extends BatchSourceOptions {
  /** Threads; default 1, which fills the time that a training step on another thread takes. */
  readonly threads?: number;
  /** Batches made ahead of the step that was asked for; default twice the threads. */
  readonly ahead?: number;
}

/** Batches that threads make ahead of their use. */
export interface ParallelBatches {
  /** Samples of a batch. */
  readonly batchSize: number;
  /** Distinct samples, N. */
  readonly samples: number;
  /** The batch of a step, counted from 1: the same as that of `batchSource`, whatever was asked before. */
  batch(step: number): Promise<BenchBatch>;
  /** Ends the threads; what is still awaited rejects. */
  close(): Promise<void>;
}

/**
 * The training batches of a benchmark, made by worker threads while the caller does something else. Asking for a step starts the next
 * ones; any step may come next, so resuming needs no state. Each thread holds a float32 copy of the directions. Unless a
 * batch is awaited the threads do not keep the process alive.
 *
 * @throws RangeError for counts that are no positive integers
 */
export function parallelBatches(data: LinearRepresentationBench, options: ParallelBatchesOptions): ParallelBatches {
  const { threads = 1, ahead = 2 * threads, batchSize, seed: order = data.parts.seed } = options;
  checkCount("parallelBatches", "threads", threads);
  checkCount("parallelBatches", "ahead", ahead);
  const plain = data.batchSource({ batchSize, seed: order });
  const workers = startBatchWorkers({ parts: sharedParts(data.parts), batchSize, order }, threads);
  const made = new Map<number, Promise<BenchBatch>>();
  let awaited = 0;

  const prepare = (step: number): Promise<BenchBatch> => {
    const known = made.get(step);
    if (known !== undefined) return known;
    const batch = workers.request(step);
    batch.catch(() => {}); // Whoever asks for the step hears of it.
    made.set(step, batch);
    return batch;
  };

  return {
    batchSize: plain.batchSize,
    samples: plain.samples,
    async batch(step) {
      checkCount("parallelBatches", "step", step);
      for (const other of made.keys()) if (other < step || other > step + ahead) made.delete(other);
      const batch = prepare(step);
      made.delete(step);
      for (let next = step + 1; next <= step + ahead; next++) void prepare(next);
      if (awaited++ === 0) workers.keepAlive(true);
      try {
        return await batch;
      } finally {
        if (--awaited === 0) workers.keepAlive(false);
      }
    },
    close: workers.close,
  };
}

/** Parts whose directions lie in shared memory as float32, so that starting a thread copies none of them. */
function sharedParts(parts: BenchParts): BenchParts {
  const { features, targetFeatures } = parts;
  const shared = sharedFloats(features);
  return {
    ...parts,
    features: shared,
    targetFeatures: targetFeatures === features ? shared : sharedFloats(targetFeatures),
  };
}

function sharedFloats(values: Float64Array | Float32Array): Float32Array {
  const shared = new Float32Array(new SharedArrayBuffer(4 * values.length));
  shared.set(values);
  return shared;
}
