import { approximateLoss } from "../codes/approximateLoss.js";
import { isolatedCodes } from "../codes/isolatedCodes.js";
import { type Mat, row, zeros } from "../mat.js";
import { type Sigma, type TopKSigma, thresholdOf } from "../sigma.js";
import { addScaled, dot, norm } from "../vector.js";
import type { GainProblem } from "./escapeGain.js";
import type { WeightedModel } from "./maskedModel.js";

/** Scales of an encoder row that are tried under TopK. */
const SCALES = 8;

/** New rows of one latent with the fall of the loss that they bring. */
export interface Revival {
  /** Encoder row, `[nP]`. */
  readonly w: Float64Array;
  /** Decoder row, `[nR]`. */
  readonly u: Float64Array;
  /** Fall of the approximate loss. */
  readonly gain: number;
}

/** The best decoder for a row of a latent that does not compete with others; null where it fires on nothing. */
export function reviveThreshold(
  problem: GainProblem,
  direction: Float64Array,
  sigma: Sigma,
  neuron: number,
): Revival | null {
  const { featuresP, residuals, weights } = problem;
  const theta = thresholdOf(sigma, neuron);
  const along = Float64Array.from({ length: featuresP.rows }, (_, d) => dot(direction, row(featuresP, d)));
  // Long enough that every positive value clears the threshold.
  const least = along.reduce((low, value) => (value > 0 ? Math.min(low, value) : low), Number.POSITIVE_INFINITY);
  const scale = theta === 0 || least === Number.POSITIVE_INFINITY ? 1 : (2 * theta) / least;
  const w = direction.map((value) => value * scale);
  const codes = along.map((value) => (value * scale > theta ? value * scale : 0));
  const { u, gain } = bestRow(codes, residuals, weights);
  return gain > 0 ? { w, u, gain } : null;
}

/** The best of some scales of a row that competes with the other latents, with its best decoder; null where none helps. */
export function reviveTopK(model: WeightedModel, neuron: number, direction: Float64Array): Revival | null {
  const { featuresP, weights } = model;
  const sigma = model.sigma as TopKSigma;
  const before = approximateLoss({ ...model, gradients: false }).total;
  const decoder = withRow(model.decoder, neuron, new Float64Array(model.decoder.cols));
  let best: Revival | null = null;
  for (const scale of winningScales(model, sigma, direction)) {
    const w = direction.map((value) => value * scale);
    const encoder = withRow(model.encoder, neuron, w);
    const isolated = isolatedCodes({ encoder, featuresP, sigma });
    const codes = Float64Array.from(
      { length: featuresP.rows },
      (_, d) => isolated.codes.data[d * encoder.rows + neuron] as number,
    );
    const silent = approximateLoss({ ...model, encoder, decoder, isolated, gradients: false });
    const { u, gain } = bestRow(codes, silent.residuals, weights);
    const total = before - (silent.total - gain);
    if (total > (best?.gain ?? 0)) best = { w, u, gain: total };
  }
  return best;
}

/** Scales at which the row just takes a place from other latents, for features spread over all it could take. */
function winningScales({ encoder, featuresP }: WeightedModel, sigma: TopKSigma, direction: Float64Array): number[] {
  const { pre } = isolatedCodes({ encoder, featuresP, sigma });
  const ratios: number[] = [];
  for (let d = 0; d < featuresP.rows; d++) {
    const along = dot(direction, row(featuresP, d));
    if (along <= 0) continue;
    const others = Float64Array.from(row(pre, d)).sort().reverse();
    ratios.push(Math.max(0, others[sigma.k - 1] ?? 0) / along);
  }
  ratios.sort((a, b) => a - b);
  const length = norm(encoder.data) / Math.sqrt(Math.max(1, encoder.rows)) || 1;
  const places = Array.from(
    { length: SCALES },
    (_, k) => ratios[Math.floor((k * (ratios.length - 1)) / (SCALES - 1))] ?? 0,
  );
  return [...new Set(places)].map((ratio) => (ratio > 0 ? ratio * 1.01 : 0.01 * length));
}

/** u = sum M z r / sum M z^2 and what it explains. */
function bestRow(codes: Float64Array, residuals: Mat, weights: ArrayLike<number>): { u: Float64Array; gain: number } {
  const sum = new Float64Array(residuals.cols);
  let energy = 0;
  codes.forEach((code, d) => {
    if (code === 0) return;
    energy += (weights[d] as number) * code * code;
    addScaled(sum, row(residuals, d), (weights[d] as number) * code);
  });
  if (energy === 0) return { u: sum, gain: 0 };
  return { u: sum.map((value) => value / energy), gain: dot(sum, sum) / energy };
}

function withRow(mat: Mat, i: number, values: Float64Array): Mat {
  const changed = zeros(Math.max(mat.rows, i + 1), mat.cols);
  changed.data.set(mat.data);
  row(changed, i).set(values);
  return changed;
}
