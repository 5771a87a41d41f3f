import { checkMatrix, checkWhole, type LpSolver, type Mat } from "@monosema/numerics";
import { checkPattern, type LatentSets } from "../patterns/maskOfPattern.js";
import { type PatternRealization, realizePatternCore } from "../patterns/realizePattern.js";
import { checkSigma, isTopK, type Sigma } from "../sigma.js";

/** Input of {@link absorptionSplit}. */
export interface AbsorptionSplitInput {
  /** Input directions, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Features that switch on each latent. */
  readonly pattern: LatentSets;
  /** The latent whose set is split. */
  readonly neuron: number;
  /** Activation; default ReLU. */
  readonly sigma?: Sigma;
  /** Solver of linear programs; default: least distance. */
  readonly lp?: LpSolver;
}

/** What becomes possible when one feature is split off a latent. */
export interface SplitFeature {
  /** The feature j. */
  readonly feature: number;
  /** Whether the set without j is realizable. */
  readonly restRealizable: boolean;
  /** Whether {j} alone is realizable. */
  readonly singletonRealizable: boolean;
  /** The proofs of both answers. */
  readonly certificate: SplitCertificate;
}

/** Proofs of a split; null where undecided. */
export interface SplitCertificate {
  /** Of the set without j. */
  readonly rest: PatternRealization["certificate"];
  /** Of {j}. */
  readonly singleton: PatternRealization["certificate"];
}

/** The possible splits of a latent. */
export interface AbsorptionSplit {
  /** One entry per feature of the latent's set, in its order. */
  readonly splits: readonly SplitFeature[];
  /** Remarks. */
  readonly warnings: readonly string[];
}

/**
 * For each feature j of a latent's set F, whether F without j and {j} are realizable: whether the latent could give up j, and another one
 * take it.
 *
 * Paper Theorem 3.8 claims both under a hierarchy. False for ReLU: of the set {0, 1} of a regular pentagon neither part is realizable. F
 * without j is realizable iff the constraint of j is not implied by the others, {j} iff j is conically independent; both hold for
 * independent features. Under JumpReLU with theta > 0 a singleton of distinct unit features always is. No hierarchy is involved.
 *
 * Under relu and jumprelu only the latent itself matters; under top-k kinds the whole pattern with the set replaced is tested.
 *
 * @throws RangeError where sizes do not fit or a number is not finite
 */
export function absorptionSplit(input: AbsorptionSplitInput): AbsorptionSplit {
  const { featuresP, pattern, neuron, sigma = { kind: "relu" }, lp } = input;
  checkMatrix("absorptionSplit", "featuresP", featuresP);
  checkPattern("absorptionSplit", pattern, featuresP.rows);
  checkWhole("absorptionSplit", "neuron", neuron, 0, pattern.length - 1);
  checkSigma("absorptionSplit", sigma, pattern.length);
  const warnings: string[] = [];
  const realize = (set: readonly number[], name: string): PatternRealization => {
    const result = realizePatternCore({
      featuresP,
      pattern: isTopK(sigma) ? pattern.map((own, i) => (i === neuron ? set : own)) : [set],
      sigma: isTopK(sigma) ? sigma : ofLatent(sigma, neuron),
      ...(lp ? { method: "lp", lp } : {}),
    });
    warnings.push(...result.warnings.map((warning) => `${name}: ${warning}`));
    return result;
  };
  const own = pattern[neuron] as readonly number[];
  const splits = own.map((feature): SplitFeature => {
    const rest = realize(
      own.filter((d) => d !== feature),
      `set without ${feature}`,
    );
    const singleton = realize([feature], `singleton ${feature}`);
    return {
      feature,
      restRealizable: rest.realizable,
      singletonRealizable: singleton.realizable,
      certificate: { rest: rest.certificate, singleton: singleton.certificate },
    };
  });
  return { splits, warnings };
}

/** The activation of one latent alone. */
function ofLatent(sigma: Sigma, latent: number): Sigma {
  const bias = sigma.bias === undefined ? {} : { bias: sigma.bias.slice(latent, latent + 1) };
  if (sigma.kind !== "jumprelu") return { ...sigma, ...bias };
  const theta = typeof sigma.theta === "number" ? sigma.theta : (sigma.theta[latent] as number);
  return { ...sigma, theta, ...bias };
}
