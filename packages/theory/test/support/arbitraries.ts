import type { Mat } from "@monosema/numerics";
import fc from "fast-check";
import { matrix, size } from "../../../numerics/test/support/arbitraries.js";

/** A pattern: one set of features per latent. */
export function pattern(latents: number, features: number): fc.Arbitrary<number[][]> {
  const everything = Array.from({ length: features }, (_, d) => d);
  return fc.array(fc.subarray(everything), { minLength: latents, maxLength: latents });
}

/** A small model on a few features, with an order of the features, one of the latents, and factors for the latents. */
export interface RandomModel {
  readonly featuresP: Mat;
  readonly featuresR: Mat;
  readonly encoder: Mat;
  readonly decoder: Mat;
  readonly weights: number[];
  readonly features: number[];
  readonly latents: number[];
  readonly scales: number[];
}

/** A model of at least `least` features and latents. */
export function model(entry: fc.Arbitrary<number>, least = 1): fc.Arbitrary<RandomModel> {
  return fc.tuple(size(least, 5), size(least, 5), size(1, 4), size(1, 4)).chain(([n, nQ, nP, nR]) =>
    fc.record({
      featuresP: matrix(n, nP, entry),
      featuresR: matrix(n, nR, entry),
      encoder: matrix(nQ, nP, entry),
      decoder: matrix(nQ, nR, entry),
      weights: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: n, maxLength: n }),
      features: fc.shuffledSubarray(
        Array.from({ length: n }, (_, d) => d),
        { minLength: n, maxLength: n },
      ),
      latents: fc.shuffledSubarray(
        Array.from({ length: nQ }, (_, i) => i),
        { minLength: nQ, maxLength: nQ },
      ),
      scales: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: nQ, maxLength: nQ }),
    }),
  );
}
