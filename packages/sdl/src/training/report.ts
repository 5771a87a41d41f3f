import type { Model } from "../model.js";

/** Progress of a run; numbers of losses are those of the reported step's batch before its update. */
export interface TrainReport {
  /** Steps done. */
  readonly step: number;
  /** Planned steps T. */
  readonly steps: number;
  /** Samples seen since step 1. */
  readonly samplesSeen: number;
  /** Sum of all loss terms, in the units of training. */
  readonly loss: number;
  /** Value of each term by name; `reconstruction` is always there. */
  readonly terms: Readonly<Record<string, number>>;
  /** Fraction of variance unexplained over this batch, about its mean; null for targets without variance. */
  readonly fvu: number | null;
  /** Mean active latents per sample in this batch. */
  readonly l0: number;
  /** Share of latents that were not active for the dead window. */
  readonly deadFraction: number;
  /** Global gradient norm before clipping. */
  readonly gradientNorm: number;
  /** Learning rate of this step. */
  readonly lr: number;
  /** Seconds since this process started or resumed the run. */
  readonly seconds: number;
  /** Samples per second since then. */
  readonly samplesPerSecond: number;
  /** What a user should know, each said once. */
  readonly warnings: readonly string[];
  /** On the last report: the trained dictionary. */
  readonly model?: Model;
}
