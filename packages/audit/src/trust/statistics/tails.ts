import type { LatentStatistic } from "../statistic.js";

/** How heavy the tails of the data are along it: a sparse feature gives heavy ones, a random direction those of a normal distribution. */
export const tails: LatentStatistic = {
  name: "tails",
  meaning: "log kurtosis of x . u over all samples",
  words: {
    lifts: "the data have heavy tails along it",
    lowers: "the data look normal along it, as along any direction",
  },
  of: ({ latent, sample: { kurtosis } }) => Math.log(Math.max(1, kurtosis[latent] as number)),
};
