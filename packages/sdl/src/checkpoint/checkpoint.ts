import type { Dtype } from "@monosema/tensor";
import type { Model } from "../model.js";

/** A dictionary read from files, and what was seen on the way. */
export interface Checkpoint {
  /** The dictionary in original units: norms and scales folded. */
  readonly model: Model;
  /** What the files were. */
  readonly origin: CheckpointOrigin;
  /** What the weights file holds. */
  readonly tensors: readonly TensorDescription[];
  /** Sentences about what may surprise. */
  readonly warnings: readonly string[];
  /** Keys, tensors and files that play no part in the model. */
  readonly ignored: readonly string[];
}

/** A tensor of a file. */
export interface TensorDescription {
  /** Name. */
  readonly name: string;
  /** Element type in the file. */
  readonly dtype: Dtype;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
}

/** Where a {@link Checkpoint} comes from. */
export interface CheckpointOrigin {
  /** Name of the format. */
  readonly layout: string;
  /** `architecture` of cfg.json, after the renaming of old layouts. */
  readonly architecture: string;
  /** SAELens version that the file names; absent in the oldest files. */
  readonly version?: string;
  /** The file carries a specification of ours, so the objective is known too. */
  readonly monosema: boolean;
}

/** How the matrices of a file lie: `saelens` has W_enc [P, Q], W_dec [Q, R] and W_skip [R, P]; `transposed` the opposite. */
export type Orientation = "saelens" | "transposed";
