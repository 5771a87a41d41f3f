import { dot, leastSquares, row, takeRows, transpose } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { bestEncoder } from "./bestEncoder.js";
import { maskedLoss, type WeightedModel } from "./maskedModel.js";

/** Most encoder weights for the exact problem. */
const MOST_WEIGHTS = 2000;
/** Most numbers of its constraints. */
const MOST_NUMBERS = 2e7;

/**
 * How much the best encoder of the closed region of a mask lowers the loss. For large models an upper bound: the loss minus what no
 * codes with this mask can explain.
 */
export function encoderGap(
  model: WeightedModel,
  mask: Mask,
  loss: number,
): { readonly fall: number; readonly exact: boolean } {
  const { encoder, featuresP } = model;
  const size = encoder.rows * featuresP.cols;
  if (size <= MOST_WEIGHTS && size * mask.rows * mask.cols <= MOST_NUMBERS) {
    const { encoder: best, status } = bestEncoder(model, mask);
    if (status === "solved")
      return { fall: Math.max(0, loss - maskedLoss({ ...model, encoder: best }, mask).total), exact: true };
  }
  return { fall: Math.max(0, loss - unexplained(model, mask)), exact: false };
}

/** sum_d M_d of the squared distance of w_r^d from the span of its active decoder rows. */
function unexplained({ decoder, featuresR, weights }: WeightedModel, mask: Mask): number {
  let sum = 0;
  for (let d = 0; d < mask.rows; d++) {
    const active: number[] = [];
    for (let i = 0; i < mask.cols; i++) if (mask.data[d * mask.cols + i] === 1) active.push(i);
    if (active.length >= featuresR.cols) continue;
    const target = row(featuresR, d);
    const side = { rows: target.length, cols: 1, data: target };
    const { residual } = leastSquares(transpose(takeRows(decoder, active)), side);
    sum += (weights[d] as number) * dot(residual.data, residual.data);
  }
  return sum;
}
