import type { LatentStatistic } from "../statistic.js";
import { closeSize, squares } from "./sums.js";

/** How much of the whole sample the latent is. */
export const share: LatentStatistic = {
  name: "share",
  meaning: "mean of z^2 / |x|^2 over its firings",
  words: {
    lifts: "is a large part of the samples in which it fires",
    lowers: "is a small part of the samples in which it fires",
  },
  of(view) {
    const { targets, width } = view.sample;
    let sum = 0;
    view.close.forEach((place, i) => {
      const row = view.rows[place] as number;
      const whole = squares(targets, row * width, (row + 1) * width);
      if (whole > 0) sum += closeSize(view, i) ** 2 / whole;
    });
    return sum / view.close.length;
  },
};
