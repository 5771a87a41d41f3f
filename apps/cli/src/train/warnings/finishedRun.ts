import type { SdlSpec } from "@monosema/sdl";
import type { TrainConfig } from "../config.js";
import type { Measured } from "../measure.js";

/** What warnings look at. */
export interface FinishedRun extends Measured {
  /** How it was trained. */
  readonly config: TrainConfig;
  /** The objective. */
  readonly spec: SdlSpec;
  /** Training rows. */
  readonly trainingRows: number;
}

/** Looks at a finished run; a sentence that names the option to change, or nothing to say. */
export type RunWarning = (run: FinishedRun) => string | undefined;

/** A share for a person. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
