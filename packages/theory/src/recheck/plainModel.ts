import type { Mat } from "@monosema/numerics";
import { isTopK, type Sigma, thresholdOf } from "../sigma.js";
import { rowProduct } from "./products.js";

/** A model and its features. */
export interface CertifiedModel {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Activation, not BatchTopK. */
  readonly sigma: Sigma;
}

/** W_E w_p^d (+ bias), by a plain loop. */
export function plainPre({ encoder, featuresP, sigma }: CertifiedModel, d: number): Float64Array {
  return Float64Array.from(
    { length: encoder.rows },
    (_, i) => rowProduct(encoder, i, featuresP, d) + (sigma.bias?.[i] ?? 0),
  );
}

/** The values of the latents that are selected, NaN for the others. */
export function plainSelection(values: Float64Array, sigma: Sigma): Float64Array {
  if (!isTopK(sigma)) return values.map((value, i) => (value > thresholdOf(sigma, i) ? value : Number.NaN));
  const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const kept = new Set(order.slice(0, sigma.k));
  return values.map((value, i) => (kept.has(i) && (sigma.kind === "topk" || value > 0) ? value : Number.NaN));
}

/** ||w_r^d - W_D z||^2 with the values of the selected latents. */
export function plainError(decoder: Mat, featuresR: Mat, d: number, selected: Float64Array): number {
  const rest = featuresR.data.slice(d * featuresR.cols, (d + 1) * featuresR.cols);
  selected.forEach((code, i) => {
    if (Number.isNaN(code)) return;
    for (let r = 0; r < rest.length; r++) {
      rest[r] = (rest[r] as number) - code * (decoder.data[i * decoder.cols + r] as number);
    }
  });
  return rest.reduce((sum, value) => sum + value * value, 0);
}
