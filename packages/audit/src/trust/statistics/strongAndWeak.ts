import type { LatentStatistic } from "../statistic.js";
import { cosineOf, fitted } from "./sums.js";

/** Whether strong and weak firings are of the same direction; those of a mixture are not. */
export const strongAndWeak: LatentStatistic = {
  name: "strongAndWeak",
  meaning: "cosine of the directions that its strongest 30 % and its weakest 50 % of firings give by themselves",
  words: {
    lifts: "strong and weak firings are of the same direction",
    lowers: "strong and weak firings are of different directions",
  },
  of(view) {
    const { bySize } = view;
    const strong = bySize.subarray(Math.floor(0.7 * bySize.length));
    return cosineOf(fitted(view, strong), fitted(view, bySize.subarray(0, Math.ceil(0.5 * bySize.length))));
  },
};
