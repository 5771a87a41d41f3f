import {
  checkMatrix,
  checkRange,
  checkVector,
  checkWeights,
  checkWhole,
  type Mat,
  matFrom,
  norm,
  rank,
  row,
} from "@monosema/numerics";
import { conicIndependenceCore } from "../patterns/conicIndependence.js";
import { recheckTheorem, type TheoremCertificate, type TheoremRule } from "../recheck/theorem.js";
import { recheckWitness, type WitnessCertificate } from "../recheck/witness.js";
import { checkSigma, type Sigma } from "../sigma.js";
import type { Verdict } from "../verdict.js";
import { nonRecoveringWitnessCore } from "./nonRecoveringWitness.js";
import { parallelPairs } from "./parallelPairs.js";
import { checkZeroLoss, type SolutionDimension, solutionDimensionCore } from "./solutionDimension.js";

/** Cosine below which all rows of a witness stay. */
const TAU = 0.99;

/** A problem, and optionally one of its solutions. */
export interface IdentifiabilityInput {
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Weight M_d of each feature, not negative, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Activation. */
  readonly sigma: Sigma;
  /** Number of latents. */
  readonly nQ: number;
  /** What selects among models: nothing, the fewest active codes, or L1 with decoder rows of norm at most 1. */
  readonly regulariser: "none" | "l0" | "l1-unit-norm";
  /** Weight of ||z_d||_1 under `l1-unit-norm`, `[n]`; default small enough that no feature is given up. */
  readonly ell?: ArrayLike<number>;
  /** A zero-loss model, to be examined too. */
  readonly solution?: SolutionModel;
  /** Seed of the search for a witness; default 0. */
  readonly seed?: number;
}

/** Encoder and decoder of a solution. */
export interface SolutionModel {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
}

/** Whether the features of a problem can be recovered from its optimal models. */
export interface IdentifiabilityVerdict extends Verdict {
  /** Dimensions of the solution set around the given solution; null where its loss is not zero. */
  readonly local?: SolutionDimension | null;
}

/**
 * Decides whether every optimal model has one latent per feature with a decoder row proportional to w_r, up to order, scale, duplicates
 * and dead latents; encoder rows are never identified.
 *
 * Section 4 of arXiv 2512.05534 says that the unanchored problem is not identifiable. That is true of ReLU without regulariser
 * (a witness is returned), and not of Top-1 after ReLU with distinct w_p, nor, for conically independent w_p, of the zero-loss
 * models with fewest active codes or of L1 with bounded decoder rows; TopK with k >= 2 and independent w_p is not identifiable.
 * Cost O(n^2 (nP + nR)), conic independence or a witness.
 *
 * @throws RangeError where shapes do not fit or a number is not finite or out of range
 */
export function identifiability(input: IdentifiabilityInput): IdentifiabilityVerdict {
  const { featuresP, featuresR, weights, sigma, nQ, ell, solution } = input;
  checkMatrix("identifiability", "featuresP", featuresP);
  checkMatrix("identifiability", "featuresR", featuresR, { rows: featuresP.rows });
  checkWeights("identifiability", weights, featuresP.rows);
  checkWhole("identifiability", "nQ", nQ, 0);
  checkSigma("identifiability", sigma, nQ);
  if (featuresP.rows === 0) throw new RangeError("identifiability: featuresP must have a row, got 0; pass features");
  if (ell !== undefined) {
    checkVector("identifiability", "ell", ell, featuresP.rows);
    checkRange("identifiability", "ell", ell, 0);
  }
  if (solution !== undefined) {
    checkMatrix("identifiability", "solution.encoder", solution.encoder, { rows: nQ, cols: featuresP.cols });
    checkMatrix("identifiability", "solution.decoder", solution.decoder, { rows: nQ, cols: featuresR.cols });
  }
  return identifiabilityCore(input);
}

/** {@link identifiability} of input that was checked. */
export function identifiabilityCore(input: IdentifiabilityInput): IdentifiabilityVerdict {
  const { featuresP, featuresR, sigma, solution } = input;
  const verdict = decide(input);
  if (solution === undefined) return verdict;
  const model = { ...solution, featuresP, featuresR, sigma };
  try {
    checkZeroLoss(model);
    return { ...verdict, local: solutionDimensionCore(model) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ...verdict, local: null, warnings: [...verdict.warnings, error.message] };
  }
}

/** The first rule that applies. */
function decide(input: IdentifiabilityInput): Verdict {
  const { featuresP, featuresR, weights, sigma, nQ, regulariser, ell } = input;
  const n = featuresP.rows;
  if (nQ < n) return theorem(input, "too-few-latents", `there are ${nQ} latents for ${n} features`);
  const targets = parallelPairs(featuresR);
  if (targets[0] !== undefined) {
    return theorem(
      input,
      "parallel-targets",
      `w_r of features ${targets[0].join(" and ")} are positively proportional`,
      targets[0],
    );
  }
  for (let d = 0; d < n; d++) {
    if (weights[d] === 0) return undecided(`feature ${d} is never active alone: its weight is 0`);
    if (norm(row(featuresR, d)) === 0) return undecided(`w_r of feature ${d} is 0`);
    if (norm(row(featuresP, d)) === 0) return undecided(`w_p of feature ${d} is 0`);
  }
  if (sigma.bias?.some((value) => value !== 0)) return undecided("no theorem covers an encoder bias");
  const inputs = parallelPairs(featuresP);
  if ((sigma.kind === "relu" || sigma.kind === "topk-relu") && inputs[0] !== undefined) {
    const reason = `w_p of features ${inputs[0].join(" and ")} are positively proportional and w_r are not: no model separates them`;
    return theorem(input, "inseparable-inputs", reason, inputs[0]);
  }
  const lost = regulariser === "l1-unit-norm" && ell !== undefined ? shrunkAway(featuresR, weights, ell) : -1;
  if (lost >= 0) return theorem(input, "shrunk-away", `the L1 weight of feature ${lost} switches it off`, [lost, lost]);
  if (sigma.kind === "topk-relu" && sigma.k === 1) {
    return theorem(input, "top-one", "Top-1 after ReLU with distinct w_p: zero loss gives each feature its own latent");
  }
  if (sigma.kind === "relu" && regulariser !== "none") return byConicIndependence(input, regulariser);
  if (sigma.kind === "relu") return byWitness(input, "ReLU has a zero-loss model that recovers no feature");
  if (
    sigma.kind === "topk-relu" &&
    regulariser === "none" &&
    n >= 2 &&
    n <= featuresP.cols &&
    rank(featuresP).rank === n
  ) {
    return byWitness(input, "latents that fire together can be mixed: a zero-loss model recovers no feature");
  }
  return undecided(`no theorem covers ${sigma.kind} with regulariser ${regulariser} here`);
}

function byConicIndependence(input: IdentifiabilityInput, regulariser: "l0" | "l1-unit-norm"): Verdict {
  const { perFeature } = conicIndependenceCore({ featuresP: input.featuresP });
  const inside = perFeature.find(({ independent }) => !independent);
  if (inside !== undefined) {
    return undecided(
      `conic dependence: w_p of feature ${inside.feature} is not known to lie outside the cone of the others`,
    );
  }
  const nearest = perFeature.reduce((least, { distance }) => Math.min(least, distance), 1);
  const what = regulariser === "l0" ? "the fewest active codes" : "the smallest L1 norm with bounded decoder rows";
  const reason = `all w_p are conically independent (smallest distance ${nearest.toExponential(2)}): ${what} is attained by one latent per feature alone`;
  const rows = matFrom(perFeature.map(({ encoderRow }) => encoderRow as Float64Array));
  return theorem(input, regulariser, reason, null, rows);
}

function byWitness({ featuresP, featuresR, nQ, sigma, seed = 0 }: IdentifiabilityInput, reason: string): Verdict {
  const found = nonRecoveringWitnessCore({ featuresP, featuresR, nQ, sigma, tau: TAU, seed });
  if (found === null) return undecided("no zero-loss model was found that recovers no feature");
  const { encoder, decoder } = found;
  const certificate: WitnessCertificate = { kind: "witness", encoder, decoder, featuresP, featuresR, sigma, tau: TAU };
  const { holds, detail } = recheckWitness(certificate);
  return holds
    ? { verdict: "not-identifiable", reason, certificate, warnings: [] }
    : undecided(`the witness did not recheck: ${detail}`);
}

function theorem(
  { featuresP, featuresR, weights, nQ, sigma, ell }: IdentifiabilityInput,
  rule: TheoremRule,
  reason: string,
  pair: readonly [number, number] | null = null,
  rows: Mat | null = null,
): Verdict {
  const certificate: TheoremCertificate = {
    kind: "theorem",
    rule,
    featuresP,
    featuresR,
    weights,
    nQ,
    sigma,
    pair,
    ell: ell ?? null,
    rows,
  };
  const { holds, detail } = recheckTheorem(certificate);
  if (!holds) return undecided(`the premises did not recheck: ${detail}`);
  const identifiable = rule === "top-one" || rule === "l0" || rule === "l1-unit-norm";
  return { verdict: identifiable ? "identifiable" : "not-identifiable", reason, certificate, warnings: [] };
}

function undecided(reason: string): Verdict {
  return { verdict: "undecided", reason, certificate: null, warnings: [] };
}

/** The first feature whose L1 weight exceeds what it is worth; -1 without one. */
function shrunkAway(featuresR: Mat, weights: ArrayLike<number>, ell: ArrayLike<number>): number {
  for (let d = 0; d < featuresR.rows; d++) {
    if (norm(row(featuresR, d)) <= (ell[d] as number) / (2 * (weights[d] as number))) return d;
  }
  return -1;
}
