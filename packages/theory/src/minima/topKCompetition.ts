import { addScaled, dot, type Mat, row } from "@monosema/numerics";
import { isolatedCodesCore } from "../codes/isolatedCodes.js";
import type { TopKSigma } from "../sigma.js";
import type { WeightedModel } from "./maskedModel.js";

/** What a new latent meets on each feature under TopK. */
export interface TopKCompetition {
  /** Value that it must exceed to be selected, `[n]`. */
  readonly bar: Float64Array;
  /** r_d, `[n, nR]`. */
  readonly residuals: Mat;
  /** r_d without the latent that makes room, `[n, nR]`. */
  readonly vacated: Mat;
  /** Present loss. */
  readonly loss: number;
}

/** The competition for a latent that is selected nowhere. */
export function topKCompetition(model: WeightedModel, residuals: Mat, loss: number): TopKCompetition {
  const { encoder, decoder, featuresP } = model;
  const sigma = model.sigma as TopKSigma;
  const { pre, mask } = isolatedCodesCore({ encoder, featuresP, sigma });
  const floor = sigma.kind === "topk" ? Number.NEGATIVE_INFINITY : 0;
  const bar = new Float64Array(mask.rows).fill(floor);
  const vacated: Mat = { ...residuals, data: Float64Array.from(residuals.data) };
  for (let d = 0; d < mask.rows; d++) {
    const values = row(pre, d);
    let lowest = -1;
    let count = 0;
    for (let i = 0; i < mask.cols; i++) {
      if (mask.data[d * mask.cols + i] === 0) continue;
      count++;
      if (lowest < 0 || (values[i] as number) <= (values[lowest] as number)) lowest = i; // the highest index leaves first
    }
    if (count < sigma.k) continue;
    bar[d] = values[lowest] as number;
    addScaled(row(vacated, d), row(decoder, lowest), values[lowest] as number);
  }
  return { bar, residuals, vacated, loss };
}

/** Codes of a new latent, and the residuals that its selection leaves to it. */
export function entering(
  { bar, residuals, vacated }: TopKCompetition,
  values: Float64Array,
): { readonly codes: Float64Array; readonly left: Mat } {
  const codes = new Float64Array(values.length);
  const left: Mat = { ...residuals, data: Float64Array.from(residuals.data) };
  values.forEach((value, d) => {
    if (!(value > (bar[d] as number))) return;
    codes[d] = value;
    row(left, d).set(row(vacated, d));
  });
  return { codes, left };
}

/** sum_d M_d ||r_d||^2. */
export function weightedEnergy(residuals: Mat, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let d = 0; d < residuals.rows; d++) sum += (weights[d] as number) * dot(row(residuals, d), row(residuals, d));
  return sum;
}
