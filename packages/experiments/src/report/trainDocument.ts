import type { PcaBaseline } from "@monosema/audit";
import type { SdlSpec } from "@monosema/sdl";
import type { CurvePoint, DocumentHead, TrainProvenance } from "../records.js";

/** Document of `train`. */
export interface TrainDocument extends DocumentHead, TrainProvenance {
  /** `train`. */
  readonly command: "train";
  /** What was trained. */
  readonly spec: SdlSpec;
  /** Samples that the run was measured on: those that it was trained on, and those that were held out. */
  readonly rows: number;
  /** ||mean||^2 / total variance of the training inputs; null for inputs that are all equal. */
  readonly meanToSpread: number | null;
  /** Samples seen. */
  readonly samplesSeen: number;
  /** Samples per second of training. */
  readonly samplesPerSecond: number;
  /** Folder of the checkpoint, absolute. */
  readonly checkpoint: string;
  /** Metrics of the dictionary over all rows. */
  readonly metrics: TrainMetrics;
  /** Metrics over the rows that were held out; null without any. */
  readonly heldOut: HeldOutMetrics | null;
  /** What other codes leave unexplained, of the held-out rows; without any, of all. */
  readonly baselines: Baselines;
  /** Training curve. */
  readonly curve: readonly CurvePoint[];
}

/** Metrics of a trained dictionary. */
export interface TrainMetrics {
  /** Loss of the last report, all terms, in the units of training. */
  readonly loss: number;
  /** Fraction of variance unexplained, about the mean; null for targets without variance. */
  readonly fvu: number | null;
  /** That of each target of a cross-layer transcoder. */
  readonly layerFvu?: readonly (number | null)[];
  /** 1 - fvu; null where that is. */
  readonly explainedVariance: number | null;
  /** Mean active latents per sample. */
  readonly l0: number;
  /** Share of latents never active. */
  readonly deadFraction: number;
  /** Share of latents active on more than a tenth of the samples. */
  readonly denseFraction: number;
}

/** Metrics of a trained dictionary on samples that it was not trained on. */
export interface HeldOutMetrics {
  /** Held-out samples. */
  readonly rows: number;
  /** Fraction of variance unexplained, about their mean; null for targets without variance. */
  readonly fvu: number | null;
  /** Mean active latents per sample. */
  readonly l0: number;
  /** Share of latents that none of them activates. */
  readonly deadFraction: number;
}

/** What other codes leave unexplained; the mean of the samples alone leaves an fvu of 1. */
export interface Baselines {
  /** As many principal components as the dictionary has active latents per sample. */
  readonly pca: PcaBaseline;
}
