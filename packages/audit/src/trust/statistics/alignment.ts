import type { LatentStatistic } from "../statistic.js";
import { cosineOf } from "./sums.js";

/** Whether what is left for the latent points where it points, sample by sample. */
export const alignment: LatentStatistic = {
  name: "alignment",
  meaning: "mean cosine of e + z u with u over its firings",
  words: { lifts: "points where the samples point", lowers: "points beside what is there" },
  of({ parts, direction, close, sample: { width } }) {
    let sum = 0;
    for (let i = 0; i < close.length; i++) sum += cosineOf(parts.slice(i * width, (i + 1) * width), direction);
    return sum / close.length;
  },
};
