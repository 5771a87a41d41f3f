import { checkWhole, type Mat, norm, rank, row, takeRows, transpose } from "@monosema/numerics";
import { checkModel } from "../checkModel.js";
import { isolatedCodesCore } from "../codes/isolatedCodes.js";
import { activationPatternCore } from "../patterns/activationPattern.js";
import { type DimensionCertificate, recheckDimension } from "../recheck/dimension.js";
import type { Sigma } from "../sigma.js";
import { encoderRank } from "./encoderRank.js";
import { zeroLossCheckCore } from "./zeroLossCheck.js";

/** Most entries of the Jacobian for which the dimension is proved by elimination. */
const MOST_ENTRIES = 4e5;

/** A zero-loss model and its features. */
export interface SolutionDimensionInput {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Activation; a bias is held fixed. */
  readonly sigma: Sigma;
  /** Latents whose encoder and decoder are held fixed (anchors); default none. */
  readonly frozen?: readonly number[];
  /** Compute the dimensions of the level set of a model with a loss above 0; default false. */
  readonly force?: boolean;
  /** Relative residual that counts as zero loss; default 1e-8. */
  readonly tol?: number;
}

/** Dimensions of the set of zero-loss models around one. */
export interface SolutionDimension {
  /** Rank of the codes of the free latents. */
  readonly rankZ: number;
  /** Rank of the Jacobian of all predictions in the free parameters. */
  readonly rankJ: number;
  /** True where that is n nR: the solution set is a smooth manifold here. */
  readonly fullRowRank: boolean;
  /** Free parameters minus rankJ. */
  readonly kernel: number;
  /** Trivial directions: one scale per free latent that fires (none for a latent with a bias). */
  readonly scaling: number;
  /** Trivial directions: encoder directions orthogonal to all features that switch a free latent on. */
  readonly encoderNuisance: number;
  /** Trivial directions: decoders of free latents that never fire. */
  readonly deadDecoder: number;
  /** What is left: directions that change codes and decoders. */
  readonly codeDim: number;
  /** True where the numbers only bound the local dimension from above: no full row rank, or a latent at a switching point. */
  readonly upperBoundOnly: boolean;
  /** rankJ at ten times and at a tenth of the rank tolerance. */
  readonly ranks: RankInterval;
  /** Smallest ratio of the singular values around a rank cut. */
  readonly gap: number;
  /** Proof of `kernel` and `codeDim` by elimination; null beyond 4e5 entries of the Jacobian, and where it did not recheck. */
  readonly certificate: DimensionCertificate | null;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/** The rank at ten times and at a tenth of the tolerance. */
export interface RankInterval {
  /** Rank at ten times the tolerance. */
  readonly low: number;
  /** Rank at a tenth of the tolerance. */
  readonly high: number;
}

/**
 * Local dimension of the set of zero-loss models, trivial directions counted apart.
 *
 * Theorem 3.4 of arXiv 2512.05534 calls the problem underdetermined when nQ > n. Corrected: where the codes have rank n the solutions
 * form a manifold of dimension nQ (nP + nR) - n nR, at nQ = n already n nP; without the trivial directions codeDim =
 * nR (n_alive - n) + sum over latents (rank of their features - 1), 0 at a monosemantic solution with n_alive = n. Freezing k latents
 * removes k (nP + nR) dimensions while the free codes keep rank n. Cost O(n nQ min(n, nQ)); below rank n that of the singular values
 * of an (n - rank) nR by n_alive nP matrix.
 *
 * @throws RangeError where shapes do not fit, a number is not finite, the loss is not zero without `force`, or the reduction is too large
 */
export function solutionDimension(input: SolutionDimensionInput): SolutionDimension {
  const { encoder, frozen = [] } = input;
  checkModel("solutionDimension", input);
  for (const latent of frozen) checkWhole("solutionDimension", "frozen", latent, 0, encoder.rows - 1);
  checkZeroLoss(input);
  return solutionDimensionCore(input);
}

/** {@link solutionDimension} of input that was checked, whatever its loss. */
export function solutionDimensionCore(input: SolutionDimensionInput): SolutionDimension {
  const { encoder, decoder, featuresP, featuresR, sigma, frozen = [] } = input;
  const n = featuresP.rows;
  const nP = featuresP.cols;
  const nR = featuresR.cols;
  const fixed = new Set(frozen);
  const free = Array.from({ length: encoder.rows }, (_, i) => i).filter((i) => !fixed.has(i));
  const isolated = isolatedCodesCore(input);
  const { sets, ambiguous } = activationPatternCore({ encoder, featuresP, sigma, isolated });
  const selected = free.filter((i) => (sets[i] as readonly number[]).length > 0);

  const freeCodes = takeRows(transpose(isolated.codes), free); // [free, n]
  const codeRank = rank(freeCodes);
  const alive = free.filter((_, at) => row(freeCodes, at).some((code) => code !== 0));
  const rest =
    codeRank.rank === n ? null : encoderRank(input, selected, sets, freeCodes, codeRank.rank, free.length * (nP + nR));
  const ranks = {
    low: nR * codeRank.low + (rest?.low ?? 0),
    high: Math.min(n * nR, nR * codeRank.high + (rest?.high ?? 0)),
  };
  const rankJ = nR * codeRank.rank + (rest?.rank ?? 0);
  const kernel = free.length * (nP + nR) - rankJ;
  const scaling = alive.filter((i) => (sigma.bias?.[i] ?? 0) === 0).length;
  const encoderNuisance = free.reduce((sum, i) => sum + nP - featureRank(featuresP, sets[i] as readonly number[]), 0);
  const deadDecoder = nR * (free.length - alive.length);
  const fullRowRank = rankJ === n * nR;
  const codeDim = kernel - scaling - encoderNuisance - deadDecoder;
  const proof: DimensionCertificate = {
    kind: "dimension",
    encoder,
    decoder,
    featuresP,
    featuresR,
    sigma,
    frozen,
    kernel,
    codeDim,
  };
  const small = n * nR * free.length * (nP + nR) <= MOST_ENTRIES && sigma.kind !== "batchtopk-relu";
  const certificate = small && recheckDimension(proof).holds ? proof : null;
  const switching = ambiguous.some(([latent]) => !fixed.has(latent)) || free.some((i) => norm(row(encoder, i)) === 0);
  return {
    rankZ: codeRank.rank,
    rankJ,
    fullRowRank,
    kernel,
    scaling,
    encoderNuisance,
    deadDecoder,
    codeDim,
    upperBoundOnly: switching || !fullRowRank,
    ranks,
    gap: Math.min(codeRank.gap, rest?.gap ?? Number.POSITIVE_INFINITY),
    certificate,
    warnings: [
      ...(ranks.low === ranks.high ? [] : [`the rank of the Jacobian is between ${ranks.low} and ${ranks.high}`]),
      ...(small && certificate === null ? ["elimination gives another dimension: the ranks are not clear"] : []),
      ...(switching ? ["a latent is at a switching point of a feature: the dimensions are upper bounds"] : []),
    ],
  };
}

/** RangeError unless the loss of a checked model is zero, or dimensions were asked for all the same. */
export function checkZeroLoss({ force = false, tol = 1e-8, ...model }: SolutionDimensionInput): void {
  const { maxRelResidual, worst } = zeroLossCheckCore({ ...model, tol });
  if (!force && maxRelResidual > tol) {
    throw new RangeError(
      `solutionDimension: the loss must be zero, got a residual of ${maxRelResidual.toExponential(2)} at feature ${worst}; pass a zero-loss model or force: true`,
    );
  }
}

function featureRank(featuresP: Mat, features: readonly number[]): number {
  return features.length <= 1
    ? features.filter((d) => norm(row(featuresP, d)) > 0).length
    : rank(takeRows(featuresP, features)).rank;
}
