import type { LatentStatistic } from "../statistic.js";
import { companions, firingsOf } from "./companions.js";

/** Whether another latent fires with it far more often than by chance. */
export const companion: LatentStatistic = {
  name: "companion",
  meaning: "largest (n_ij - n_i n_j / N) / sqrt(n_i n_j) over other latents, n the firings",
  words: {
    lifts: "no other latent keeps company with it",
    lowers: "another latent fires with it far more often than by chance",
  },
  of(view) {
    const { own, others, together } = companions(view);
    let most = 0;
    others.forEach((other, i) => {
      const theirs = firingsOf(view.sample, other);
      const excess = (together[i] as number) - (own * theirs) / view.sample.samples;
      most = Math.max(most, excess / Math.sqrt(own * theirs));
    });
    return most;
  },
};
