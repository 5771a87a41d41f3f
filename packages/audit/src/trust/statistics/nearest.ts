import type { LatentStatistic } from "../statistic.js";

/** How close the nearest other latent is. */
export const nearest: LatentStatistic = {
  name: "nearest",
  meaning: "largest cosine with the decoder row of another latent that fires",
  words: { lifts: "no other latent points nearly the same way", lowers: "another latent points nearly the same way" },
  of: ({ latent, sample }) => sample.nearest.cosines[latent * sample.nearest.count] as number,
};
