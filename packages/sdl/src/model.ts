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
export interface Weights {
  /** [Q, P]. */
  readonly encoder: Float32Array;
  /** [Q, R]; the same array as `encoder` when tied. */
  readonly decoder: Float32Array;
  /** b_enc [Q]. */
  readonly encoderBias?: Float32Array;
  /** b_dec [R]. */
  readonly decoderBias?: Float32Array;
  /** JumpReLU thresholds [Q]. */
  readonly theta?: Float32Array;
  /** Gated: b_gate [Q]. */
  readonly gateBias?: Float32Array;
  /** Gated: b_mag [Q]. */
  readonly magnitudeBias?: Float32Array;
  /** Gated: r [Q]. */
  readonly magnitudeScale?: Float32Array;
  /** skip [R, P]. */
  readonly skip?: Float32Array;
}
