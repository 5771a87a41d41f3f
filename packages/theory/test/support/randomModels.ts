import { type Mat, unitRows } from "@monosema/numerics";
import type { WeightedModel } from "../../src/minima/maskedModel.js";
import { type SeededRandom, seededRandom } from "../../src/seededRandom.js";
import type { Sigma } from "../../src/sigma.js";

/** Random sizes, matrices and choices of one seed. */
export interface Draw extends SeededRandom {
  whole(low: number, high: number): number;
  gaussian(rows: number, cols: number): Mat;
  /** Entries -1, 0, 1: parallel, antipodal, zero and dependent rows are common. */
  integers(rows: number, cols: number): Mat;
  units(rows: number, cols: number): Mat;
  positive(count: number): Float64Array;
  choice<T>(list: readonly T[]): T;
  sigma(nQ: number): Sigma;
  model<S extends Sigma>(sizes: Sizes, sigma: S): WeightedModel & { readonly sigma: S };
}

/** Sizes of a model and its features. */
export interface Sizes {
  readonly n: number;
  readonly nP: number;
  readonly nR: number;
  readonly nQ: number;
}

export const drawer = (seed: number): Draw => {
  const random = seededRandom(seed);
  const whole = (low: number, high: number): number => low + Math.floor(random.uniform() * (high - low + 1));
  const filled = (rows: number, cols: number, entry: () => number): Mat => ({
    rows,
    cols,
    data: Float64Array.from({ length: rows * cols }, entry),
  });
  const choice = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)] as T;
  const gaussian = (rows: number, cols: number): Mat => filled(rows, cols, random.normal);
  const positive = (count: number): Float64Array =>
    Float64Array.from({ length: count }, () => 0.3 + 2 * random.uniform());
  return {
    ...random,
    whole,
    choice,
    gaussian,
    integers: (rows, cols) => filled(rows, cols, () => whole(-1, 1)),
    units: (rows, cols) => unitRows(filled(rows, cols, random.normal)).unit,
    positive,
    model: ({ n, nP, nR, nQ }, sigma) => ({
      encoder: gaussian(nQ, nP),
      decoder: gaussian(nQ, nR),
      featuresP: gaussian(n, nP),
      featuresR: gaussian(n, nR),
      weights: positive(n),
      sigma,
    }),
    sigma: (nQ) =>
      choice<Sigma>([
        { kind: "relu" },
        { kind: "relu" },
        { kind: "topk-relu", k: whole(1, nQ) },
        { kind: "topk", k: whole(1, nQ) },
        { kind: "jumprelu", theta: 0.2 },
      ]),
  };
};
