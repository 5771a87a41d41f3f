import { checkWhole, row } from "@monosema/numerics";
import { checkWeightedModel } from "../checkModel.js";
import { approximateLossCore } from "../codes/approximateLoss.js";
import { activationPatternCore } from "../patterns/activationPattern.js";
import { type EscapeCertificate, recheckEscape } from "../recheck/escape.js";
import { seededRandom } from "../seededRandom.js";
import { isTopK } from "../sigma.js";
import { escapeCandidates } from "./escapeCandidates.js";
import { type GainProblem, gainOf, refined } from "./escapeGain.js";
import { hasNoEscape } from "./hasNoEscape.js";
import type { WeightedModel } from "./maskedModel.js";
import { type Revival, reviveThreshold, reviveTopK } from "./reviveLatent.js";
import { topKCompetition } from "./topKCompetition.js";

/** Candidates that are refined. */
const REFINED = 6;
/** Fall of the loss, relative to that of the zero output, that counts as none. */
const NOTHING = 1e-12;

/** A model with a latent that may be set. */
export interface EscapeDirectionInput extends WeightedModel {
  /** A dead latent; default the first one. nQ stands for a latent to be added. */
  readonly neuron?: number;
  /** Seed of the random candidates; default 0. */
  readonly seed?: number;
}

/** Rows for one latent that lower the loss. */
export interface Escape {
  /** Discriminant. */
  readonly found: true;
  /** False: the loss can be lowered. */
  readonly globallyOptimalCandidate: false;
  /** The latent; nQ for one to be added. */
  readonly neuron: number;
  /** Its encoder row, `[nP]`. */
  readonly w: Float64Array;
  /** Its decoder row, `[nR]`. */
  readonly u: Float64Array;
  /** By how much the approximate loss falls. */
  readonly gain: number;
  /** The loss after. */
  readonly newLoss: number;
  /** Proof, rechecked. */
  readonly certificate: EscapeCertificate;
  /** What to know before the rows are used. */
  readonly warnings: readonly string[];
}

/** No rows were found that lower the loss. */
export interface NoEscape {
  /** Discriminant. */
  readonly found: false;
  /** True where it is proved that none exist: then no ReLU model of any size has a lower loss. */
  readonly globallyOptimalCandidate: boolean;
  /** What to know. */
  readonly warnings: readonly string[];
}

/**
 * The best way found to revive a dead latent. Under ReLU an encoder row w with its best decoder row lowers the approximate loss by
 * exactly gain(w) = ||sum_d M_d z_d r_d||^2 / sum_d M_d z_d^2, z_d = max(0, <w, w_p^d>).
 *
 * Concerns Theorem 3.6 of arXiv 2512.05534, which calls partial minima traps. Corrected: with a dead latent a point is either
 * globally optimal over models of any size, or resampling strictly escapes; which of both is decided by an exact test. Under TopK latents
 * compete: rows are tried and the loss is computed again. Cost O(n^2 (nP + nR)).
 *
 * @throws RangeError where shapes do not fit, a number is not finite, no latent is dead, or the activation has a bias or is BatchTopK
 */
export function escapeDirection(input: EscapeDirectionInput): Escape | NoEscape {
  checkEscape("escapeDirection", input);
  return escapeDirectionCore(input, latentToSet(input));
}

/** {@link escapeDirection} of input that was checked, for a latent that is dead or to be added. */
export function escapeDirectionCore(input: EscapeDirectionInput, neuron: number): Escape | NoEscape {
  const { featuresP, sigma, weights, seed = 0 } = input;
  const { total, e0, residuals } = approximateLossCore({ ...input, gradients: false });
  const problem: GainProblem = { featuresP, residuals, weights };
  const candidates = escapeCandidates(problem, seededRandom(seed));
  const gains = gainOf(problem, candidates);
  const order = Array.from(gains.keys()).sort((a, b) => (gains[b] as number) - (gains[a] as number));
  const rows = order.slice(0, REFINED).map((at) => refined(problem, row(candidates, at)));
  if (isTopK(sigma)) rows.push(...order.slice(0, REFINED).map((at) => Float64Array.from(row(candidates, at))));

  const competition = isTopK(sigma) ? topKCompetition(input, residuals, total) : null;
  let best: Revival | null = null;
  for (const w of rows) {
    const revival =
      competition === null ? reviveThreshold(problem, w, sigma, neuron) : reviveTopK(problem, w, competition);
    if (revival !== null && revival.gain > (best?.gain ?? NOTHING * e0)) best = revival;
  }
  if (best === null) return nothing(input, problem, e0);
  const { w, u, gain } = best;
  const { encoder, decoder, featuresR } = input;
  const certificate: EscapeCertificate = {
    kind: "escape",
    encoder,
    decoder,
    featuresP,
    featuresR,
    weights,
    sigma,
    neuron,
    w,
    u,
    gain,
  };
  const { holds, detail } = recheckEscape(certificate);
  if (!holds)
    return { found: false, globallyOptimalCandidate: false, warnings: [`the best row did not recheck: ${detail}`] };
  return {
    found: true,
    globallyOptimalCandidate: false,
    neuron,
    w,
    u,
    gain,
    newLoss: total - gain,
    certificate,
    warnings: [],
  };
}

function nothing({ sigma }: EscapeDirectionInput, problem: GainProblem, e0: number): NoEscape {
  if (sigma.kind !== "relu") {
    const warnings = [`no row lowers the loss among those tried; for ${sigma.kind} that proves nothing`];
    return { found: false, globallyOptimalCandidate: false, warnings };
  }
  const proved = hasNoEscape(problem, e0);
  const warnings = proved
    ? []
    : ["the loss can be lowered, but no row that was tried lowers it by more than 1e-12 of that of the zero output"];
  return { found: false, globallyOptimalCandidate: proved, warnings };
}

function latentToSet({ encoder, featuresP, sigma, neuron }: EscapeDirectionInput): number {
  const { dead } = activationPatternCore({ encoder, featuresP, sigma });
  if (neuron === undefined) {
    const [first] = dead;
    if (first !== undefined) return first;
    throw new RangeError(
      "escapeDirection: encoder must have a dead latent, got none; pass neuron: encoder.rows for a latent to be added",
    );
  }
  const ownTheta = sigma.kind === "jumprelu" && typeof sigma.theta !== "number";
  checkWhole("escapeDirection", "neuron", neuron, 0, ownTheta ? encoder.rows - 1 : encoder.rows);
  if (neuron < encoder.rows && !dead.includes(neuron)) {
    throw new RangeError(`escapeDirection: neuron must be dead, got ${neuron}, which fires; leave neuron out`);
  }
  return neuron;
}

/** RangeError unless a model fits its features and its activation is one whose dead latents can be set. */
export function checkEscape(caller: string, model: WeightedModel): void {
  const { sigma } = model;
  checkWeightedModel(caller, model);
  if (sigma.kind === "batchtopk-relu" || sigma.bias?.some((value) => value !== 0)) {
    const what = sigma.kind === "batchtopk-relu" ? sigma.kind : "a bias";
    throw new RangeError(`${caller}: sigma must be relu, jumprelu or top-k without bias, got ${what}; use another`);
  }
}
