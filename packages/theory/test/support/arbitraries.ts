import fc from "fast-check";
import { type Mat, matFrom } from "../../src/mat.js";

/** Small whole numbers: ties, zeros, dependent and antipodal rows are common. */
export const whole: fc.Arbitrary<number> = fc.integer({ min: -2, max: 2 });

/** Real numbers in [-1, 1] on a grid fine enough to avoid ties. */
export const real: fc.Arbitrary<number> = fc.integer({ min: -1_000_003, max: 1_000_003 }).map((n) => n / 1_000_003);

/** A matrix of a size. */
export function matrix(rows: number, cols: number, entry: fc.Arbitrary<number> = real): fc.Arbitrary<Mat> {
  const rowOf = fc.array(entry, { minLength: cols, maxLength: cols });
  return fc.array(rowOf, { minLength: rows, maxLength: rows }).map((list) => matFrom(list, cols));
}

/** A size from `low` to `high`. */
export function size(low: number, high: number): fc.Arbitrary<number> {
  return fc.integer({ min: low, max: high });
}

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
