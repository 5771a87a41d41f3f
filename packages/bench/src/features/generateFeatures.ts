import { random } from "@monosema/tensor";
import { type FeatureMatrix, type ProjectionOptions, projectFeatures } from "./projectFeatures.js";
import { tightFrame } from "./tightFrame.js";

/** Options of {@link generateFeatures}. */
export interface FeatureOptions extends ProjectionOptions {
  /** Seed, an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Number of the matrix: different numbers give independent matrices of one seed; default 0. */
  readonly matrix?: number;
  /** Least squared interference instead of a bound on each: excludes `maxInterference`; default none. */
  readonly orthogonalization?: OrthogonalizationOptions;
}

/** Moves the directions to a tight frame, the least sum of squared inner products that n unit vectors have. */
export interface OrthogonalizationOptions {
  /** Steps towards the nearest tight frame; default 3, after which the eigenvalues of SynthSAEBench's directions differ by .02 %. */
  readonly steps?: number;
}

/**
 * A feature matrix of the Linear Representation Bench (paper section 5): Gaussian directions, moved apart until no two
 * have an inner product above `maxInterference`, or to a tight frame. With + - * / and sqrt only: the same bits everywhere.
 *
 * @throws as {@link projectFeatures}, and RangeError for a seed out of range or an orthogonalisation with a bound or with n below nP
 */
export function generateFeatures(options: FeatureOptions): FeatureMatrix {
  const { seed, matrix = 0, n, nP, orthogonalization } = options;
  const stream = random(seed, "features", matrix);
  if (orthogonalization === undefined) {
    return projectFeatures(Float64Array.from({ length: n * nP }, stream.normal), options);
  }
  const { steps = 3 } = orthogonalization;
  const refuse = (rule: string, got: unknown, advice: string): never => {
    throw new RangeError(`generateFeatures: ${rule}, got ${got}; ${advice}`);
  };
  if (options.maxInterference !== undefined) {
    refuse(
      "orthogonalization bounds no inner product",
      `maxInterference ${options.maxInterference}`,
      "pass one of them",
    );
  }
  if (!Number.isSafeInteger(nP) || nP < 1) refuse("nP must be a positive integer", nP, "pass the dimension");
  if (!Number.isSafeInteger(n) || n < nP)
    refuse(`n must be an integer of at least nP = ${nP}`, n, "pass a bound instead");
  if (!Number.isSafeInteger(steps) || steps < 0) refuse("steps must not be negative", steps, "pass 3");
  return tightFrame(Float64Array.from({ length: n * nP }, stream.normal), n, nP, steps);
}
