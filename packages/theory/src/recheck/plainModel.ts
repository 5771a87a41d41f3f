import type { Mat } from "../mat.js";
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

/** sigma(W_E w_p^d) of one feature, by plain loops. */
export function plainCodes({ encoder, featuresP, sigma }: CertifiedModel, d: number): Float64Array {
  const values = Float64Array.from(
    { length: encoder.rows },
    (_, i) => rowProduct(encoder, i, featuresP, d) + (sigma.bias?.[i] ?? 0),
  );
  if (!isTopK(sigma)) return values.map((value, i) => (value > thresholdOf(sigma, i) ? value : 0));
  const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const kept = new Set(order.slice(0, sigma.k));
  return values.map((value, i) => (kept.has(i) && (sigma.kind === "topk" || value > 0) ? value : 0));
}

/** ||w_r^d - W_D z_d||^2 by feature. */
export function plainErrors(model: CertifiedModel): Float64Array {
  const { decoder, featuresR } = model;
  return Float64Array.from({ length: featuresR.rows }, (_, d) => {
    const codes = plainCodes(model, d);
    let sum = 0;
    for (let r = 0; r < featuresR.cols; r++) {
      let value = featuresR.data[d * featuresR.cols + r] as number;
      for (let i = 0; i < decoder.rows; i++)
        value -= (codes[i] as number) * (decoder.data[i * decoder.cols + r] as number);
      sum += value * value;
    }
    return sum;
  });
}
