import type { LatentStatistic } from "../statistic.js";
import { explained } from "./sums.js";

/** The same where it fires most strongly: a true direction explains nearly everything there, a mixture does not. */
export const strongFit: LatentStatistic = {
  name: "strongFit",
  meaning: "localFit over the strongest 30 % of its firings",
  words: {
    lifts: "explains nearly everything when it fires strongly",
    lowers: "leaves much unexplained even when it fires strongly",
  },
  of: (view) => explained(view, view.bySize.subarray(Math.floor(0.7 * view.bySize.length))),
};
