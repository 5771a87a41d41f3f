import type { LatentStatistic } from "../statistic.js";
import { companions } from "./companions.js";

/** Whether it fires only together with some other latent. */
export const dependence: LatentStatistic = {
  name: "dependence",
  meaning: "largest share of its firings in which one other latent fires too",
  words: { lifts: "fires on its own", lowers: "hardly fires without another latent" },
  of(view) {
    const { own, together } = companions(view);
    return together.reduce((most, count) => Math.max(most, count), 0) / own;
  },
};
