import type { LatentView } from "./latentView.js";

/** A number of each latent that says something about whether it can be trusted, from dictionary and samples alone. */
export interface LatentStatistic {
  /** Name, as in `latents.json`. */
  readonly name: string;
  /** What it is, for people who read the table of coefficients. */
  readonly meaning: string;
  /** A reason in words where it lifts a score, and where it lowers one. */
  readonly words: StatisticWords;
  /** The number; NaN where it is not defined. */
  of(view: LatentView): number;
}

/** A statistic as a reason. */
export interface StatisticWords {
  /** Where it lifts a score. */
  readonly lifts: string;
  /** Where it lowers one. */
  readonly lowers: string;
}
