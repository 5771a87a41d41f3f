import type { AdamState } from "@monosema/tensor";
import type { SdlSpec } from "./spec.js";

/** Everything that a training run needs to go on bit-exactly; batches and schedules are functions of the step. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  /** The objective. */
  readonly spec: SdlSpec;
  /** Name of the backend; resuming pins it. */
  readonly backend: string;
  /** Options that must be the same on resuming, as JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Values and Adam moments by parameter name (`encoder`, `decoder`, `encoderBias`, ...). */
  readonly parameters: ReadonlyMap<string, AdamState>;
  /** Samples since each latent was last active `[Q]`. */
  readonly samplesSince: Float32Array | Float64Array;
  /** BatchTopK: running threshold, 0 before the first observation. */
  readonly threshold?: number;
}
