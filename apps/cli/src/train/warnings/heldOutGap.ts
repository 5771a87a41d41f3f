import { numberText } from "../../metricsText.js";
import type { RunWarning } from "./finishedRun.js";

/** Above this many times the fvu of the training rows. */
const RATIO = 1.5;

/** And by more than this. */
const DIFFERENCE = 0.01;

/** The fvu of the training rows follows from that of all rows, whose variance is the same. */
export const heldOutGap: RunWarning = ({ metrics, heldOut, trainingRows, config }) => {
  if (heldOut === null || heldOut.fvu === null || metrics.fvu === null) return undefined;
  const training = ((trainingRows + heldOut.rows) * metrics.fvu - heldOut.rows * heldOut.fvu) / trainingRows;
  if (!(heldOut.fvu > RATIO * training && heldOut.fvu - training > DIFFERENCE)) return undefined;
  return `the held-out rows have an fvu of ${numberText(heldOut.fvu)}, the training rows ${numberText(Math.max(0, training))}: some of what was learned holds for the training rows alone: try fewer --latents, fewer --steps than ${config.steps}, or more --data`;
};
