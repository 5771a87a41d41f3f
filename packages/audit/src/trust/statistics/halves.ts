import type { LatentStatistic } from "../statistic.js";
import { cosineOf, fitted } from "./sums.js";

/** Whether two halves of its firings give the same direction. */
export const halves: LatentStatistic = {
  name: "halves",
  meaning: "cosine of the directions that every other of its firings and the rest give by themselves",
  words: {
    lifts: "two halves of its samples give the same direction",
    lowers: "two halves of its samples give different directions",
  },
  of(view) {
    const half = (rest: number): number[] => Array.from(view.close.keys()).filter((i) => i % 2 === rest);
    return cosineOf(fitted(view, half(0)), fitted(view, half(1)));
  },
};
