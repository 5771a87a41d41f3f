import { type Mat, multiply, zeros } from "@monosema/numerics";
import { type ApproximateLoss, approximateLossCore } from "../codes/approximateLoss.js";
import type { IsolatedCodes, Mask } from "../codes/isolatedCodes.js";
import type { Sigma } from "../sigma.js";

/** A model with its features and weights. */
export interface WeightedModel {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Weight M_d of each feature, not negative, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Activation. */
  readonly sigma: Sigma;
}

/** Codes under a mask that is given instead of selected: on its region they are those of the activation. */
export function maskedCodes(encoder: Mat, featuresP: Mat, mask: Mask, sigma: Sigma): IsolatedCodes {
  const pre = multiply(featuresP, encoder, { transposeB: true });
  const codes = zeros(pre.rows, pre.cols);
  for (let at = 0; at < codes.data.length; at++) {
    pre.data[at] = (pre.data[at] as number) + (sigma.bias?.[at % pre.cols] ?? 0);
    if (mask.data[at] === 1) codes.data[at] = pre.data[at] as number;
  }
  return { pre, mask, codes, ties: [], warnings: [] };
}

/** The approximate loss under a given mask. */
export function maskedLoss(model: WeightedModel, mask: Mask, gradients = false): ApproximateLoss {
  const isolated = maskedCodes(model.encoder, model.featuresP, mask, model.sigma);
  return approximateLossCore({ ...model, isolated, gradients });
}
