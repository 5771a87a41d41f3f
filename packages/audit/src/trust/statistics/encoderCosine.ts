import type { LatentStatistic } from "../statistic.js";

/** Whether the encoder looks where the decoder points. */
export const encoderCosine: LatentStatistic = {
  name: "encoderCosine",
  meaning: "cosine of encoder and decoder row",
  words: { lifts: "encoder and decoder point the same way", lowers: "encoder and decoder point different ways" },
  of: ({ sample: { encoder }, latent }) => (encoder === null ? Number.NaN : (encoder.cosine[latent] as number)),
};
