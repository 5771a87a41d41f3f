import type { Model } from "../model.js";

/** A dictionary read from files, and what was seen on the way. */
export interface Checkpoint {
  /** The dictionary in original units: norms and scales folded. */
  readonly model: Model;
  /** What the files were. */
  readonly origin: CheckpointOrigin;
  /** Sentences about what may surprise. */
  readonly warnings: readonly string[];
  /** Keys, tensors and files that play no part in the model. */
  readonly ignored: readonly string[];
}

/** Where a {@link Checkpoint} comes from. */
export interface CheckpointOrigin {
  /** Layout of the folder. */
  readonly layout: "saelens";
  /** `architecture` of cfg.json, after the renaming of old layouts. */
  readonly architecture: string;
  /** SAELens version that the file names; absent in the oldest files. */
  readonly version?: string;
  /** The file carries a specification of ours, so the objective is known too. */
  readonly monosema: boolean;
}

/** How the matrices of a file lie: `saelens` has W_enc [P, Q], W_dec [Q, R] and W_skip [R, P]; `transposed` the opposite. */
export type Orientation = "saelens" | "transposed";
