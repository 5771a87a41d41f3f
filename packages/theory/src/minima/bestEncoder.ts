import {
  addScaled,
  dot,
  type LeastDistance,
  leastDistance,
  leastSquaresInequality,
  type Mat,
  norm,
  row,
  zeros,
} from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { regionConstraintsCore } from "../patterns/regionConstraints.js";
import { isTopK } from "../sigma.js";
import { maskedLoss, type WeightedModel } from "./maskedModel.js";

/** The best encoder of a closed region. */
export interface BestEncoder {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** Whether the problem was solved; the encoder is the given one where not. */
  readonly status: LeastDistance["status"];
}

/**
 * The encoder of least loss for a fixed decoder within the closed region of a mask that contains the given encoder. Among equal ones
 * the nearest: rows without influence stay as they are.
 */
export function bestEncoder(model: WeightedModel, mask: Mask): BestEncoder {
  const { encoder, decoder, featuresP, sigma, weights } = model;
  const nP = featuresP.cols;
  // Rows without influence take part only where a selection compares them with others.
  const latents = Array.from({ length: encoder.rows }, (_, i) => i).filter(
    (i) => isTopK(sigma) || (norm(row(decoder, i)) > 0 && hasFeature(mask, i)),
  );
  const { residuals } = maskedLoss(model, mask);
  const e = zeros(residuals.rows * residuals.cols, latents.length * nP);
  const f = new Float64Array(e.rows);
  for (let d = 0; d < residuals.rows; d++) {
    const root = Math.sqrt(weights[d] as number);
    row(residuals, d).forEach((value, r) => {
      const at = d * residuals.cols + r;
      f[at] = root * value;
      latents.forEach((i, k) => {
        if (mask.data[d * mask.cols + i] === 0) return;
        addScaled(row(e, at).subarray(k * nP, (k + 1) * nP), row(featuresP, d), root * (row(decoder, i)[r] as number));
      });
    });
  }
  if (norm(e.data) === 0) return { encoder, status: "solved" };

  const { g, h } = constraintsOn(model, mask, latents);
  const { status, x } = leastSquaresInequality({ e, f, g, h });
  if (status !== "solved") return { encoder, status };
  const moved: Mat = { ...encoder, data: Float64Array.from(encoder.data) };
  const step = feasible(x, g, h);
  latents.forEach((i, k) => {
    addScaled(row(moved, i), step.subarray(k * nP, (k + 1) * nP), 1);
  });
  return { encoder: moved, status };
}

/** The nearest point that meets the constraints, which the ridge leaves violated by rounding. */
function feasible(x: Float64Array, g: Mat, h: Float64Array): Float64Array {
  const missing = h.map((bound, c) => bound - dot(row(g, c), x));
  if (missing.every((value) => value <= 0)) return x;
  const correction = leastDistance(g, missing);
  return correction.status === "solved" ? x.map((value, k) => value + (correction.x[k] as number)) : x;
}

/** Constraints on the step of the given rows from the present encoder, scaled to unit rows. */
function constraintsOn(
  { encoder, featuresP, sigma }: WeightedModel,
  mask: Mask,
  latents: readonly number[],
): { g: Mat; h: Float64Array } {
  const { G, h: bounds } = regionConstraintsCore({ mask, featuresP, sigma });
  const nP = featuresP.cols;
  const rows: Float64Array[] = [];
  const h: number[] = [];
  for (let c = 0; c < G.rows; c++) {
    const values = row(G, c);
    const part = new Float64Array(latents.length * nP);
    latents.forEach((i, k) => {
      part.set(values.subarray(i * nP, (i + 1) * nP), k * nP);
    });
    const length = norm(part);
    if (length === 0) continue;
    rows.push(part.map((value) => value / length));
    h.push(((bounds[c] as number) - dot(values, encoder.data)) / length);
  }
  const g = zeros(rows.length, latents.length * nP);
  rows.forEach((values, at) => {
    g.data.set(values, at * g.cols);
  });
  return { g, h: Float64Array.from(h) };
}

function hasFeature({ rows, cols, data }: Mask, latent: number): boolean {
  for (let d = 0; d < rows; d++) if (data[d * cols + latent] === 1) return true;
  return false;
}
