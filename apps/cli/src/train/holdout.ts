import type { HoldoutRecord } from "@monosema/experiments";
import { type Rows, splitRows } from "@monosema/sdl";
import type { Given } from "../options.js";
import { UsageError } from "../usageError.js";
import type { Pairs } from "./data.js";

/** The rows that are trained on, and those that are not. */
export interface Split {
  /** Training rows. */
  readonly training: Pairs;
  /** Rows that are held out; absent where that is none. */
  readonly heldOut?: Pairs;
}

/**
 * `--holdout`, by default a twentieth.
 *
 * @throws UsageError for a share outside [0, 1)
 */
export function holdoutFrom(given: Given, seed: number): HoldoutRecord {
  const fraction = given.number("holdout", 0) ?? 0.05;
  if (fraction < 1) return { fraction, seed };
  throw new UsageError(
    `--holdout must be a share of the rows from 0 to below 1, got ${given.text("holdout")}; see monosema train --help`,
  );
}

/** How many rows that is. */
export const heldOutRows = ({ rows }: Rows, { fraction }: HoldoutRecord): number => Math.floor(fraction * rows);

/** Splits samples and their targets: the same rows for the same seed. */
export function splitPairs({ input, target }: Pairs, holdout: HoldoutRecord): Split {
  const count = heldOutRows(input, holdout);
  const inputs = splitRows(input, count, holdout.seed);
  const targets = target && splitRows(target, count, holdout.seed);
  return {
    training: { input: inputs.training, ...(targets ? { target: targets.training } : {}) },
    ...(count > 0 ? { heldOut: { input: inputs.heldOut, ...(targets ? { target: targets.heldOut } : {}) } } : {}),
  };
}
