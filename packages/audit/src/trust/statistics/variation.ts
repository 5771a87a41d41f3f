import type { LatentStatistic } from "../statistic.js";
import { squares } from "./sums.js";

/** How much its codes vary. */
export const variation: LatentStatistic = {
  name: "variation",
  meaning: "standard deviation over mean of its codes where it fires",
  words: { lifts: "its codes vary as those of features do", lowers: "its codes vary unlike those of features" },
  of({ sizes }) {
    const mean = sizes.reduce((sum, value) => sum + value, 0) / sizes.length;
    return Math.sqrt(Math.max(0, squares(sizes) / sizes.length - mean * mean)) / mean;
  },
};
