import { addScaled, dot, type Mat, rank, row, symmetricEigen, takeRows } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { inRegionHessian } from "./inRegionHessian.js";
import type { WeightedModel } from "./maskedModel.js";
import { neuronEigenspaces } from "./neuronEigenspaces.js";

/** Type of a stationary point of the joint loss within its region; `undecided` where second order does not tell. */
export type MinimumType = "local-min" | "saddle" | "undecided";

/** Most variables of the second-order form. */
const MOST_VARIABLES = 400;
/** Eigenvalue, relative to the largest one, that counts as 0. */
const FLAT = 1e-8;
/** Distance of eigenvalues, relative to their sum, that counts as 0 at a partial minimum of finite accuracy. */
const LEADING = 1e-6;

/**
 * Type by the eigenvalues of the latents where no two fire on the same feature (relu, and TopK after ReLU), else by the second-order form: a saddle where it has a negative direction, a local minimum where it is flat only along the directions
 * that keep the loss (scales, and encoder directions that the features of a latent do not see).
 */
export function minimumType(model: WeightedModel, mask: Mask, residuals: Mat): MinimumType {
  const { featuresP, decoder, sigma } = model;
  const sets = Array.from({ length: mask.cols }, (_, i) =>
    Array.from({ length: mask.rows }, (_, d) => d).filter((d) => mask.data[d * mask.cols + i] === 1),
  );
  const alive = Array.from(sets.keys()).filter((i) => (sets[i] as number[]).length > 0);
  const plain = (sigma.kind === "relu" || sigma.kind === "topk-relu") && sigma.bias === undefined;
  if (plain && new Set(sets.flat()).size === sets.flat().length) {
    return alive.every((i) => isLeading(model, i, sets[i] as number[])) ? "local-min" : "saddle";
  }
  if (alive.length * (featuresP.cols + decoder.cols) > MOST_VARIABLES) return "undecided";
  const { values } = symmetricEigen(inRegionHessian(model, mask, residuals, alive));
  const largest = Math.max(Math.abs(values[0] as number), Math.abs(values.at(-1) as number));
  if ((values.at(-1) as number) < -FLAT * largest) return "saddle";
  const flat = values.filter((value) => value <= FLAT * largest).length;
  const trivial = alive.reduce((sum, i) => {
    const scaled = (sigma.bias?.[i] ?? 0) === 0 ? 1 : 0;
    return sum + scaled + featuresP.cols - weightedRank(model, sets[i] as number[]);
  }, 0);
  return flat === trivial ? "local-min" : "undecided";
}

function weightedRank({ featuresP, weights }: WeightedModel, set: readonly number[]): number {
  const seen = set.filter((d) => (weights[d] as number) > 0 && row(featuresP, d).some((value) => value !== 0));
  return seen.length === 0 ? 0 : rank(takeRows(featuresP, seen)).rank;
}

/** Whether the energy that a latent explains is the largest possible for its features. */
function isLeading(model: WeightedModel, latent: number, set: readonly number[]): boolean {
  const { encoder, featuresP, featuresR, weights } = model;
  const { eigenvalues, trace } = neuronEigenspaces(model, set);
  const sum = new Float64Array(featuresR.cols);
  let energy = 0;
  for (const d of set) {
    const code = dot(row(encoder, latent), row(featuresP, d));
    energy += (weights[d] as number) * code * code;
    addScaled(sum, row(featuresR, d), (weights[d] as number) * code);
  }
  const lambda = energy === 0 ? 0 : dot(sum, sum) / energy;
  return lambda >= (eigenvalues[0] ?? 0) - LEADING * trace;
}
