import type { LatentStatistic } from "../statistic.js";
import { explained } from "./sums.js";

/** How much of what the others leave is explained where the latent fires. */
export const localFit: LatentStatistic = {
  name: "localFit",
  meaning: "1 - |e|^2 / |e + z u|^2 over its firings: e the residual, z u what the latent adds",
  words: {
    lifts: "explains most of what is there when it fires",
    lowers: "explains little of what is there when it fires",
  },
  of: (view) => explained(view, view.bySize),
};
