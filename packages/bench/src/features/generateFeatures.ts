import { random } from "@monosema/tensor";
import { type FeatureMatrix, type ProjectionOptions, projectFeatures } from "./projectFeatures.js";

/** Options of {@link generateFeatures}. */
export interface FeatureOptions extends ProjectionOptions {
  /** Seed, an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Number of the matrix: different numbers give independent matrices of one seed; default 0. */
  readonly matrix?: number;
}

/**
 * A feature matrix of the Linear Representation Bench (paper section 5): Gaussian directions, moved apart until no two
 * have an inner product above `maxInterference`. Float64 with + - * / and sqrt only: the same bits everywhere.
 *
 * @throws as {@link projectFeatures}, and RangeError for a seed out of range
 */
export function generateFeatures(options: FeatureOptions): FeatureMatrix {
  const { seed, matrix = 0, n, nP } = options;
  const stream = random(seed, "features", matrix);
  return projectFeatures(Float64Array.from({ length: n * nP }, stream.normal), options);
}
