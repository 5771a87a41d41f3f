import type { RunWarning } from "./finishedRun.js";

/** Below this share of k. */
const SHARE = 0.5;

/** Of the k largest pre-activations those that are not positive stay inactive: the data need fewer than k allows. */
export const unusedK: RunWarning = ({ metrics, spec: { activation } }) =>
  "k" in activation && metrics.l0 < SHARE * activation.k
    ? `${Number(metrics.l0.toPrecision(3))} latents are active per row of the ${activation.k} that --k allows: the data need fewer; try --k ${Math.max(1, Math.round(metrics.l0))}`
    : undefined;
