import type { LatentStatistic } from "../statistic.js";
import { squares } from "./sums.js";

/** How much it adds to all samples together. */
export const energy: LatentStatistic = {
  name: "energy",
  meaning: "log of the sum of z^2 over the variance of all samples",
  words: { lifts: "carries much of the data", lowers: "carries little of the data" },
  of: ({ sizes, sample }) => Math.log(squares(sizes) / sample.energy.variance + 1e-9),
};
