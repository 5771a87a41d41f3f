import type { LatentStatistic } from "../statistic.js";
import { squares } from "./sums.js";

/** Residuals looked at, and power iterations. */
const [ROWS, ITERATIONS] = [64, 8];

/** Whether the residual where it fires has one direction: something that always comes along and has no latent. */
export const residualDirection: LatentStatistic = {
  name: "residualDirection",
  meaning: "share of the first principal direction in the residuals at its firings",
  words: {
    lifts: "no other direction comes along when it fires",
    lowers: "another direction, without a latent, comes along when it fires",
  },
  of({ residuals, close, sample: { width } }) {
    const count = Math.min(ROWS, close.length);
    const rows = Array.from({ length: count }, (_, i) => Math.floor((i * close.length) / count) * width);
    const total = rows.reduce((sum, from) => sum + squares(residuals, from, from + width), 0);
    if (total === 0) return 0;
    let direction = residuals.slice(rows[0] as number, (rows[0] as number) + width);
    let share = 0;
    for (let t = 0; t < ITERATIONS; t++) {
      const length = Math.sqrt(squares(direction)) || 1;
      const next = new Float64Array(width);
      share = 0;
      for (const from of rows) {
        let product = 0;
        for (let r = 0; r < width; r++) product += (residuals[from + r] as number) * (direction[r] as number);
        product /= length;
        share += product * product;
        for (let r = 0; r < width; r++) next[r] = (next[r] as number) + product * (residuals[from + r] as number);
      }
      direction = next;
    }
    return share / total;
  },
};
