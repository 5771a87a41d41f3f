import type { LatentStatistic } from "../statistic.js";
import { cosineOf } from "./sums.js";

/** Whether samples in which it fires differ from the others along it. */
export const meanShift: LatentStatistic = {
  name: "meanShift",
  meaning: "cosine of u with the mean of the samples in which it fires minus the mean of all",
  words: {
    lifts: "samples in which it fires differ from others just along it",
    lowers: "samples in which it fires differ from others in other ways too",
  },
  of({ rows, close, direction, sample: { targets, mean, width } }) {
    const shift = mean.map((value) => -value * close.length);
    for (const place of close) {
      const row = rows[place] as number;
      for (let r = 0; r < width; r++) shift[r] = (shift[r] as number) + (targets[row * width + r] as number);
    }
    return cosineOf(shift, direction);
  },
};
