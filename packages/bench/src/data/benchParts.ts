import type { SparseRows } from "@monosema/tensor";
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
  /** The distribution of the coefficients. */
  readonly tables: CoefficientTables;
}

/** The functions of {@link BenchParts}. */
export interface OpenParts {
  /** The distribution of the coefficients. */
  readonly model: CoefficientModel;
  /** The batch with given coefficients. */
  make(coefficients: SparseRows): BenchBatch;
  /** Training batches in an order of that seed. */
  source(batchSize: number, order?: number): BenchBatchSource;
}

/** Opens parts: the same parts give the same batches, in every thread. */
export function openParts(parts: BenchParts): OpenParts {
  const model = modelOfTables(parts.tables, parts.seed);
  const make = batchMaker(parts);
  return {
    model,
    make,
    source: (batchSize, order = parts.seed) =>
      epochBatches(order, parts.samples, batchSize, (indices) => make(model.coefficients(indices))),
  };
}
