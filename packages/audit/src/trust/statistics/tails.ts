import type { LatentStatistic } from "../statistic.js";

/** Samples projected, at most. */
const ROWS = 4000;

/** How heavy the tails of the data are along it: a sparse feature gives heavy ones, a random direction those of a normal distribution. */
export const tails: LatentStatistic = {
  name: "tails",
  meaning: "log kurtosis of x . u over all samples",
  words: {
    lifts: "the data have heavy tails along it",
    lowers: "the data look normal along it, as along any direction",
  },
  of({ direction, sample: { targets, samples, width } }) {
    const count = Math.min(ROWS, samples);
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const from = Math.floor((i * samples) / count) * width;
      let product = 0;
      for (let r = 0; r < width; r++) product += (targets[from + r] as number) * (direction[r] as number);
      values[i] = product;
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    let [second, fourth] = [0, 0];
    for (const value of values) {
      const square = (value - mean) ** 2;
      second += square / count;
      fourth += (square * square) / count;
    }
    return second > 0 ? Math.log(fourth / (second * second)) : 0;
  },
};
