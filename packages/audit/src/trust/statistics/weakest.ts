import type { LatentStatistic } from "../statistic.js";
import { closeSize, quantileOf } from "./sums.js";

/** Whether weak firings stand clear of 0: a feature is on or off, a mixture fades. */
export const weakest: LatentStatistic = {
  name: "weakest",
  meaning: "5 % quantile over median of its codes where it fires",
  words: { lifts: "its firings stand clear of zero", lowers: "its firings fade to zero" },
  of(view) {
    const sorted = Float64Array.from(view.bySize, (i) => closeSize(view, i));
    return quantileOf(sorted, 0.05) / quantileOf(sorted, 0.5);
  },
};
