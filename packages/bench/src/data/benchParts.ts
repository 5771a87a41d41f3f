import { type Random, random, type SparseRows } from "@monosema/tensor";
import { type CoefficientModel, modelOfTables } from "../coefficients/coefficientModel.js";
import type { CoefficientTables } from "../coefficients/coefficientTables.js";
import { type BenchBatch, type BenchBatchSource, epochBatches } from "./batches.js";
import { type BatchDirections, batchMaker } from "./batchMaker.js";

/** All that batches are made of, as numbers: what threads and files carry. */
export interface BenchParts extends BatchDirections {
  /** Seed of the samples and, unless another is given, of their order. */
  readonly seed: number;
  /** N, distinct training samples. */
  readonly samples: number;
  /** Standard deviation of the noise on every number of every input; absent for none. */
  readonly noise?: number;
  /** The distribution of the coefficients. */
  readonly tables: CoefficientTables;
}

/** The functions of {@link BenchParts}. */
export interface OpenParts {
  /** The distribution of the coefficients. */
  readonly model: CoefficientModel;
  /** Given training samples as one batch. */
  batchOf(samples: readonly number[]): BenchBatch;
  /** Given held-out samples as one batch, with their coefficients. */
  heldOutOf(samples: readonly number[]): BenchBatch & { readonly coefficients: SparseRows };
  /** Training batches in an order of that seed. */
  source(batchSize: number, order?: number): BenchBatchSource;
}

/** Opens parts: the same parts give the same batches, in every thread. */
export function openParts(parts: BenchParts): OpenParts {
  const model = modelOfTables(parts.tables, parts.seed);
  const make = batchMaker(parts);
  const { nP, noise = 0, seed } = parts;
  const drawn = (set: string, samples: readonly number[]): BenchBatch & { readonly coefficients: SparseRows } => {
    const coefficients = model.coefficients(samples, set);
    const batch = { ...make(coefficients), coefficients };
    if (noise > 0) addNoise(batch.input, nP, noise, (row) => random(seed, "noise", set, samples[row] as number));
    return batch;
  };
  const batchOf = (samples: readonly number[]): BenchBatch => {
    const { coefficients: _, ...batch } = drawn("train", samples);
    return batch;
  };
  return {
    model,
    batchOf,
    heldOutOf: (samples) => drawn("heldOut", samples),
    source: (batchSize, order = seed) => epochBatches(order, parts.samples, batchSize, batchOf),
  };
}

/** Adds Gaussian noise to rows `[B, width]` in place, each row from its own stream. */
function addNoise(rows: Float32Array, width: number, deviation: number, streamOf: (row: number) => Random): void {
  for (let row = 0; row * width < rows.length; row++) {
    const stream = streamOf(row);
    for (let at = row * width; at < (row + 1) * width; at++)
      rows[at] = (rows[at] as number) + deviation * stream.normal();
  }
}
