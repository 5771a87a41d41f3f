import type { RunWarning } from "./finishedRun.js";

/** Without held-out rows nothing tells learning from learning by heart. */
export const nothingHeldOut: RunWarning = ({ heldOut, config, trainingRows }) => {
  const { fraction } = config.holdout;
  if (heldOut !== null) {
    return heldOut.rows === 1
      ? `one row was held out (--holdout ${fraction} of ${trainingRows + 1}), which has no fvu: give a larger --holdout, or more --data`
      : undefined;
  }
  const why = fraction === 0 ? "" : ` (--holdout ${fraction} of ${trainingRows})`;
  return `no rows were held out${why}: the fvu is that of rows that were trained on; give ${fraction === 0 ? "--holdout .05" : "a larger --holdout"}`;
};
