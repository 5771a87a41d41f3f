import type { LatentStatistic } from "../statistic.js";

/** How large its contributions are. */
export const size: LatentStatistic = {
  name: "size",
  meaning: "log of its mean contribution over the root mean square length of the samples about their mean",
  words: { lifts: "its contributions are large", lowers: "its contributions are small" },
  of({ sizes, sample: { energy, samples } }) {
    const mean = sizes.reduce((sum, value) => sum + value, 0) / sizes.length;
    return Math.log(mean / Math.sqrt(energy.variance / samples) + 1e-6);
  },
};
