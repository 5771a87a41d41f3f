import type { KeptFirings } from "./keptFirings.js";
import type { Magnitudes } from "./magnitudes.js";
import type { RowSample, SampleLimits } from "./rowSample.js";

/**
 * What one pass over some rows leaves of the latents: plain data, bounded by latents times examples and not by rows. States of other rows
 * of the same dictionary are merged by `mergeFeatureStates`.
 */
export interface FeatureState {
  /** Latents Q. */
  readonly latents: number;
  /** Rows that were read. */
  readonly rows: number;
  /** The row after the last of them. */
  readonly end: number;
  /** How large the values of each latent are. */
  readonly magnitudes: Magnitudes;
  /** The strongest firings of each latent, the largest magnitude first, one of each document. */
  readonly strongest: KeptFirings;
  /** An even sample of the firings of each latent, in the order of falling hashes of their rows. */
  readonly firings: KeptFirings;
  /** An even sample of the rows with their codes. */
  readonly sample: RowSample;
  /** How much that sample may hold. */
  readonly limits: SampleLimits;
  /** All firings of the latents that were watched. */
  readonly watched: readonly WatchedLatent[];
}

/** All firings of a latent. */
export interface WatchedLatent {
  /** Latent. */
  readonly latent: number;
  /** Rows in which it fires, ascending. */
  readonly rows: Int32Array;
  /** Its values there. */
  readonly values: Float32Array;
}
