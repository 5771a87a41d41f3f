import type { LatentStatistic } from "../statistic.js";
import { companions, firingsOf } from "./companions.js";

/** Cosine from which a latent is a neighbour. */
const NEAR = 0.25;

/** Whether it fires instead of its neighbours, as parts of one split or absorbed feature do. */
export const exclusion: LatentStatistic = {
  name: "exclusion",
  meaning: "log of firings with neighbours (cosine above .25) over those expected by chance, 1 added to both",
  words: { lifts: "fires independently of its neighbours", lowers: "fires instead of its neighbours, or with them" },
  of(view) {
    const { sample, latent } = view;
    const { own, others, together } = companions(view);
    const { nearest } = sample;
    const from = latent * nearest.count;
    let [observed, expected] = [1, 1];
    for (let i = 0; i < nearest.count && (nearest.cosines[from + i] as number) > NEAR; i++) {
      const other = nearest.indices[from + i] as number;
      observed += together[others.indexOf(other)] ?? 0;
      expected += (own * firingsOf(sample, other)) / sample.samples;
    }
    return Math.log(observed / expected);
  },
};
