import type { BenchOptions } from "./linearRepresentationBench.js";

/** Options of {@link synthSaeBench16k}. */
export interface SynthSaeBenchOptions {
  /** Seed; default 42, that of the published model, whose numbers come from another generator. */
  readonly seed?: number;
  /** N, distinct training samples; default 200 million, a pass of the published protocol. */
  readonly samples?: number;
}

/**
 * The setting of SynthSAEBench-16k (arXiv 2602.14687, version 2 of its model): 16,384 features in 768 dimensions, Zipf rates, 128 trees of
 * exclusive children, a copula of rank 25. The distribution is that of the published model; the directions and samples are ours.
 */
export function synthSaeBench16k({ seed = 42, samples = 200_000_000 }: SynthSaeBenchOptions = {}): BenchOptions {
  return {
    n: 16_384,
    nP: 768,
    seed,
    samples,
    orthogonalization: {},
    firing: { kind: "zipfian", exponent: 0.5, max: 0.4, min: 5e-4 },
    magnitudes: {
      kind: "gaussian",
      mean: { kind: "linear", first: 5, last: 4 },
      deviation: { kind: "foldedNormal", mean: 0.5, deviation: 0.5 },
    },
    hierarchy: { roots: 128, branching: 4, depth: 3, exclusivePortion: 1, compensate: true, scaleByParent: true },
    correlation: { rank: 25, scale: 0.1 },
    biasNorm: 0.5,
  };
}
