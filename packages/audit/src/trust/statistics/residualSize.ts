import type { LatentStatistic } from "../statistic.js";
import { squares } from "./sums.js";

/** Whether the dictionary errs more where it fires. */
export const residualSize: LatentStatistic = {
  name: "residualSize",
  meaning: "log of mean |e|^2 over its firings, over the mean of all samples",
  words: { lifts: "the dictionary errs little where it fires", lowers: "the dictionary errs much where it fires" },
  of: ({ residuals, close, sample: { energy, samples } }) =>
    Math.log(
      (squares(residuals) / close.length + 1e-12 * energy.variance) /
        (energy.residual / samples + 1e-12 * energy.variance),
    ),
};
