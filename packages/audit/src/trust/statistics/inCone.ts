import { dot, fastNonNegativeLeastSquares, zeros } from "@monosema/numerics";
import type { LatentStatistic } from "../statistic.js";

/** Whether others could stand for it: its cosine with the sums of its neighbours. */
export const inCone: LatentStatistic = {
  name: "inCone",
  meaning: "cosine with the cone of the twenty nearest decoder rows",
  words: { lifts: "is no sum of other latents", lowers: "is nearly a sum of other latents" },
  of({ latent, sample: { nearest: near, unit, width } }) {
    const from = latent * near.count;
    const rows = near.indices
      .subarray(from, from + near.count)
      .filter((row, i) => row >= 0 && (near.cosines[from + i] as number) > 0);
    if (rows.length === 0) return 0;
    const gram = zeros(rows.length, rows.length);
    rows.forEach((a, i) => {
      for (let j = 0; j <= i; j++) {
        const b = rows[j] as number;
        let product = 0;
        for (let r = 0; r < width; r++) product += (unit[a * width + r] as number) * (unit[b * width + r] as number);
        gram.data[i * rows.length + j] = product;
        gram.data[j * rows.length + i] = product;
      }
    });
    const cosines = Float64Array.from(rows, (_, i) => near.cosines[from + i] as number);
    return Math.sqrt(Math.max(0, dot(fastNonNegativeLeastSquares(gram, cosines).x, cosines)));
  },
};
