import { addScaled, dot, type Mat, row, zeros } from "@monosema/numerics";
import type { WeightedFeatures } from "./latentRow.js";

/** The best decoder of latents with disjoint features: sum_F M_d z_d w_r^d / sum_F M_d z_d^2, 0 for a latent without weight. */
export function disjointDecoder(
  { featuresP, featuresR, weights }: WeightedFeatures,
  pattern: readonly (readonly number[])[],
  encoder: Mat,
): Mat {
  const decoder = zeros(pattern.length, featuresR.cols);
  pattern.forEach((set, i) => {
    let energy = 0;
    const codes = set.map((d) => dot(row(encoder, i), row(featuresP, d)));
    set.forEach((d, at) => {
      energy += (weights[d] as number) * (codes[at] as number) ** 2;
    });
    if (energy === 0) return;
    set.forEach((d, at) => {
      addScaled(row(decoder, i), row(featuresR, d), ((weights[d] as number) * (codes[at] as number)) / energy);
    });
  });
  return decoder;
}
