import { DENSE } from "../measure.js";
import { percent, type RunWarning } from "./finishedRun.js";
import { sparser } from "./sparser.js";

/** Above this share of all active entries. */
const SHARE = 0.5;

/**
 * A few dense latents are usual in real activations; where they hold most of the codes, which latents are active says little of a
 * sample.
 */
export const denseLatents: RunWarning = ({ metrics, rates, spec }) => {
  const dense = rates.filter((rate) => rate > DENSE);
  const share = dense.reduce((sum, rate) => sum + rate, 0) / metrics.l0;
  if (!(share > SHARE)) return undefined;
  return `${dense.length} of ${spec.nQ} latents are dense, active on more than ${percent(DENSE)} of the rows, and hold ${percent(share)} of all active entries: try ${sparser(spec)}${metrics.deadFraction > 0 ? "" : ", or more --latents"}`;
};
