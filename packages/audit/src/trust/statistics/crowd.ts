import type { LatentStatistic } from "../statistic.js";

/** How crowded its surroundings are. */
export const crowd: LatentStatistic = {
  name: "crowd",
  meaning: "mean of the five largest cosines with decoder rows of other latents that fire",
  words: { lifts: "stands apart from other latents", lowers: "stands in a crowd of similar latents" },
  of({ latent, sample: { nearest } }) {
    const from = latent * nearest.count;
    return Array.from(nearest.cosines.subarray(from, from + 5)).reduce((sum, value) => sum + value, 0) / 5;
  },
};
