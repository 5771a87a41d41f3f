import { normaliseRows } from "@monosema/numerics";
import { random, type SparseRows } from "@monosema/tensor";
import type { CoefficientModel } from "../coefficients/coefficientModel.js";
import { type CoefficientOptions, coefficientTables } from "../coefficients/coefficientTables.js";
import type { FeatureOptions } from "../features/generateFeatures.js";
import { type BenchBatch, type BenchBatchSource, checkCount } from "./batches.js";
import { type BenchParts, openParts } from "./benchParts.js";
import { type BenchView, type ViewFeatures, viewFeatures } from "./views.js";

/** Options of {@link linearRepresentationBench}. */
export interface BenchOptions extends Omit<FeatureOptions, "matrix">, CoefficientOptions {
  /** What the model sees; default `sae`. */
  readonly view?: BenchView;
  /** Width of a transcoder's target; default nP. */
  readonly nR?: number;
  /** Sources of a crosscoder; default 2. */
  readonly sources?: number;
  /** N, distinct training samples; default 100,000. */
  readonly samples?: number;
  /** Norm of a random direction that is added to every input; default 0. */
  readonly biasNorm?: number;
  /** Standard deviation of Gaussian noise on every number of every input; default 0. */
  readonly noise?: number;
}

/** Options of {@link LinearRepresentationBench.batchSource}. */
export interface BatchSourceOptions {
  /** Samples of a batch, B. */
  readonly batchSize: number;
  /** Seed of the order of the samples; default the seed of the data. */
  readonly seed?: number;
}

/** Options of {@link LinearRepresentationBench.heldOut}. */
export interface HeldOutOptions {
  /** Number of samples; default 3000. */
  readonly samples?: number;
  /** Samples of a batch; default 500. */
  readonly batchSize?: number;
}

/** A held-out batch with its coefficients. */
export interface HeldOutBatch extends BenchBatch {
  /** True coefficients, sparse rows; `latents` holds features. */
  readonly coefficients: SparseRows;
}

/** Data with known ground truth. */
export interface LinearRepresentationBench extends ViewFeatures {
  /** What the model sees. */
  readonly view: BenchView;
  /** Number of features. */
  readonly n: number;
  /** N, distinct training samples. */
  readonly samples: number;
  /** The distribution of the coefficients. */
  readonly coefficientModel: CoefficientModel;
  /** All that batches are made of. */
  readonly parts: BenchParts;
  /** Direction added to every input, `[nP]`; absent by default. */
  readonly bias?: Float64Array;
  /** Training batches: epochs without replacement, each in its own order. */
  batchSource(options: BatchSourceOptions): BenchBatchSource;
  /** Batches of samples that training never sees; lazy, and the same at each call. */
  heldOut(options?: HeldOutOptions): Iterable<HeldOutBatch>;
  /** Given training samples as one batch. */
  batchOf(samples: readonly number[]): BenchBatch;
  /** True coefficients of training samples. */
  coefficients(samples: Iterable<number>): SparseRows;
}

/**
 * The Linear Representation Bench (paper section 5): unit features with bounded interference, sparse non-negative coefficients,
 * and batches made from them on demand. Sample s is a pure function of (seed, s); no array of samples is ever held.
 *
 * @throws RangeError for options out of range, or an interference that no matrix attains
 */
export function linearRepresentationBench(options: BenchOptions): LinearRepresentationBench {
  const { n, nP, seed, view = "sae", nR = nP, sources = 2, samples = 100_000, biasNorm = 0, noise = 0 } = options;
  checkCount("linearRepresentationBench", "samples", samples);
  checkCount("linearRepresentationBench", "sources", sources);
  for (const [name, value] of Object.entries({ biasNorm, noise })) {
    if (value >= 0) continue;
    throw new RangeError(`linearRepresentationBench: ${name} must not be negative, got ${value}; use 0 for none`);
  }
  const tables = coefficientTables(options);
  const truth = viewFeatures(view, options, nR, sources);
  const bias = biasNorm === 0 ? {} : { bias: randomDirection(seed, truth.nP, biasNorm) };
  const { reports, ...directions } = truth;
  return benchOfParts(
    { ...directions, ...bias, ...(noise === 0 ? {} : { noise }), n, seed, samples, tables },
    { ...directions, reports, view },
  );
}

/** The benchmark with these parts. */
export function benchOfParts(
  parts: BenchParts,
  truth: ViewFeatures & { readonly view: BenchView },
): LinearRepresentationBench {
  const { n, bias, samples } = parts;
  const { model, batchOf, heldOutOf, source } = openParts(parts);
  return {
    ...truth,
    n,
    samples,
    ...(bias === undefined ? {} : { bias }),
    parts,
    coefficientModel: model,
    batchSource: ({ batchSize, seed }) => source(batchSize, seed),
    *heldOut({ samples: count = 3000, batchSize = 500 } = {}) {
      checkCount("heldOut", "samples", count);
      checkCount("heldOut", "batchSize", batchSize);
      for (let start = 0; start < count; start += batchSize) {
        const size = Math.min(batchSize, count - start);
        yield heldOutOf(Array.from({ length: size }, (_, i) => start + i));
      }
    },
    batchOf,
    coefficients: (indices) => model.coefficients(indices),
  };
}

function randomDirection(seed: number, width: number, norm: number): Float64Array {
  const direction = Float64Array.from({ length: width }, random(seed, "bias").normal);
  normaliseRows(direction, width);
  return direction.map((value) => value * norm);
}
