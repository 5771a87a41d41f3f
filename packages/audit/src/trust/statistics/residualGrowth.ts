import type { LatentStatistic } from "../statistic.js";
import { closeSize, squares } from "./sums.js";

/** Whether the error grows with its contribution, as it does where the direction is wrong. */
export const residualGrowth: LatentStatistic = {
  name: "residualGrowth",
  meaning: "correlation of |e| and z over its firings",
  words: { lifts: "the error does not grow with its contribution", lowers: "the error grows with its contribution" },
  of(view) {
    const { width } = view.sample;
    const count = view.close.length;
    let [sz, se, szz, see, sze] = [0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const z = closeSize(view, i);
      const e = Math.sqrt(squares(view.residuals, i * width, (i + 1) * width));
      sz += z;
      se += e;
      szz += z * z;
      see += e * e;
      sze += z * e;
    }
    const spread = (szz - (sz * sz) / count) * (see - (se * se) / count);
    return spread > 0 ? (sze - (sz * se) / count) / Math.sqrt(spread) : 0;
  },
};
