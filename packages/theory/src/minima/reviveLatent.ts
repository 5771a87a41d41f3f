import { addScaled, dot, type Mat, row } from "@monosema/numerics";
import { type Sigma, thresholdOf } from "../sigma.js";
import type { GainProblem } from "./escapeGain.js";
import { entering, type TopKCompetition, weightedEnergy } from "./topKCompetition.js";

/** Scales of an encoder row that are tried under TopK. */
const SCALES = 8;
/** Code, relative to the largest, that counts as 0 when a row is scaled to clear its threshold. */
const SILENT = 1e-6;

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
  const theta = thresholdOf(sigma, neuron);
  const along = productsWith(problem.featuresP, direction);
  // Long enough that every value that is clearly positive clears the threshold.
  const clear = SILENT * along.reduce((high, value) => Math.max(high, value), 0);
  const least = along.reduce((low, value) => (value > clear ? Math.min(low, value) : low), Number.POSITIVE_INFINITY);
  const scale = theta === 0 || least === Number.POSITIVE_INFINITY ? 1 : (2 * theta) / least;
  const codes = along.map((value) => (value * scale > theta ? value * scale : 0));
  const { u, gain } = bestRow(codes, problem.residuals, problem.weights);
  return gain > 0 ? { w: direction.map((value) => value * scale), u, gain } : null;
}

/** The best of some scales of a row that competes with other latents, with its best decoder; null where none helps. */
export function reviveTopK(
  { featuresP, weights }: GainProblem,
  direction: Float64Array,
  competition: TopKCompetition,
): Revival | null {
  const along = productsWith(featuresP, direction);
  let best: Revival | null = null;
  for (const scale of winningScales(along, competition.bar)) {
    const { codes, left } = entering(
      competition,
      along.map((value) => value * scale),
    );
    const { u, gain: explained } = bestRow(codes, left, weights);
    const gain = competition.loss - (weightedEnergy(left, weights) - explained);
    if (gain > (best?.gain ?? 0)) best = { w: direction.map((value) => value * scale), u, gain };
  }
  return best;
}

/** Scales at which the row just takes a place from other latents, for features spread over all it could take. */
function winningScales(along: Float64Array, bar: Float64Array): number[] {
  const clear = SILENT * along.reduce((high, value) => Math.max(high, value), 0);
  const ratios = [...along.keys()]
    .filter((d) => (along[d] as number) > clear)
    .map((d) => Math.max(0, bar[d] as number) / (along[d] as number))
    .sort((a, b) => a - b);
  const smallest = ratios.find((ratio) => ratio > 0) ?? 1;
  const places = Array.from(
    { length: SCALES },
    (_, k) => ratios[Math.floor((k * (ratios.length - 1)) / (SCALES - 1))] ?? 0,
  );
  return [...new Set(places)].map((ratio) => (ratio > 0 ? ratio * 1.01 : 0.5 * smallest));
}

function productsWith(featuresP: Mat, direction: Float64Array): Float64Array {
  return Float64Array.from({ length: featuresP.rows }, (_, d) => dot(direction, row(featuresP, d)));
}

/** u = sum M z r / sum M z^2 and what it explains. */
function bestRow(
  codes: Float64Array,
  residuals: Mat,
  weights: ArrayLike<number>,
): { readonly u: Float64Array; readonly gain: number } {
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
