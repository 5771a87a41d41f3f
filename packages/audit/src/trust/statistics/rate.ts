import type { LatentStatistic } from "../statistic.js";

/** How often it fires. */
export const rate: LatentStatistic = {
  name: "rate",
  meaning: "log of the share of the samples in which it fires",
  words: { lifts: "fires as often as features do", lowers: "fires too often or too rarely" },
  of: ({ rows, sample: { samples } }) => Math.log(rows.length / samples),
};
