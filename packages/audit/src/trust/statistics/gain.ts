import type { LatentStatistic } from "../statistic.js";

/** How much of a sample that is its decoder row the encoder reads back: near 1 for a feature that is read without interference. */
export const gain: LatentStatistic = {
  name: "gain",
  meaning: "log of the inner product of encoder and decoder row",
  words: {
    lifts: "encoder and decoder fit each other",
    lowers: "encoder reads its own decoder row too weakly or too strongly",
  },
  of: ({ sample: { encoder }, latent }) =>
    encoder === null ? Number.NaN : Math.log(Math.max(1e-3, encoder.gain[latent] as number)),
};
