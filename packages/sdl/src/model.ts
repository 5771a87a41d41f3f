import type { LatentVector } from "./arrays.js";
import type { SdlSpec } from "./spec.js";

/** A dictionary as plain data on the host: what checkpoints hold. Rows are latents; original units (normalisation folded). */
export interface Model {
  /** Its objective. */
  readonly spec: SdlSpec;
  /** Weights, row-major. */
  readonly weights: Weights;
  /** BatchTopK: the running threshold that inference uses. */
  readonly threshold?: number;
  /** What is done to each sample at run time. `constantNorm`: x c with c = sqrt(P)/||x||, output divided by c; `layerNorm`: (x - mean)/(std + 1e-5), sample std, output times std plus mean. */
  readonly inputScaling: "none" | "constantNorm" | "layerNorm";
  /** Free metadata of the file it came from (SAELens `metadata`), kept on saving. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Arrays of a {@link Model}; biases that are absent are zero. */
export interface Weights extends LatentVectors {
  /** [Q, P]. */
  readonly encoder: Float32Array;
  /** [Q, R]; the same array as `encoder` when tied. */
  readonly decoder: Float32Array;
  /** b_dec [R]. */
  readonly decoderBias?: Float32Array;
  /** skip [R, P]. */
  readonly skip?: Float32Array;
}

/** Vectors [Q] of the activations: `encoderBias` b_enc; `theta` of JumpReLU; `gateBias`, `magnitudeBias` and `magnitudeScale` r of gated models. */
export type LatentVectors = { readonly [name in LatentVector]?: Float32Array };
