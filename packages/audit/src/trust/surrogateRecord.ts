import type { LatentTrust } from "./latentTrust.js";
import type { SurrogateTwin, TwinOptions } from "./surrogateTwin.js";

/** Scores of a dictionary beside those of a twin that was trained where there is nothing to find, as JSON. */
export interface SurrogateRecord extends Required<Pick<TwinOptions, "kind" | "steps" | "lr" | "batchSize">> {
  /** Surrogate samples. */
  readonly rows: number;
  /** Fraction of variance unexplained by the twin on its own samples. */
  readonly fvu: number | null;
  /** Its active latents of a sample. */
  readonly l0: number;
  /** Scores of the dictionary. */
  readonly own: ScoreCounts;
  /** Scores of the twin. */
  readonly twin: ScoreCounts;
}

/** Scores of a dictionary in short. */
export interface ScoreCounts {
  /** Latents that are scored. */
  readonly scored: number;
  /** Those that are probably real: score above .5. */
  readonly real: number;
  /** Those that are probably one feature alone. */
  readonly atomic: number;
  /** Mean score; null where none is scored. */
  readonly score: number | null;
}

/** Sets the scores of a dictionary and of its twin side by side. */
export function surrogateRecord(
  own: LatentTrust,
  { trust, fvu, l0 }: SurrogateTwin,
  { kind, steps, lr, batchSize }: Required<Pick<TwinOptions, "kind" | "steps" | "lr" | "batchSize">>,
  rows: number,
): SurrogateRecord {
  return { kind, steps, lr, batchSize, rows, fvu, l0, own: scoreCounts(own), twin: scoreCounts(trust) };
}

function scoreCounts({ real, atomic, unscored }: LatentTrust): ScoreCounts {
  const scored = Array.from(unscored.keys()).filter((latent) => unscored[latent] === 0);
  const above = (scores: Float64Array): number => scored.filter((latent) => (scores[latent] as number) > 0.5).length;
  const sum = scored.reduce((total, latent) => total + (real[latent] as number), 0);
  return {
    scored: scored.length,
    real: above(real),
    atomic: above(atomic),
    score: scored.length === 0 ? null : sum / scored.length,
  };
}
