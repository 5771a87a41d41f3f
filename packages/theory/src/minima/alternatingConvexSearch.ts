import { checkWhole, type Mat } from "@monosema/numerics";
import { checkWeightedModel } from "../checkModel.js";
import { isolatedCodesCore, type Mask } from "../codes/isolatedCodes.js";
import { bindingEntries } from "./bindingEntries.js";
import { descend, type SearchState, type SearchStatus } from "./descend.js";
import { maskedCodes, maskedLoss, type WeightedModel } from "./maskedModel.js";
import { neighbourMask } from "./neighbourMask.js";

/** Code of a selected feature, relative to the largest of its latent, that counts as 0. */
const COLLAPSED = 1e-7;
/** Smallest fall of the loss, relative to that of the zero output, for which a facet is crossed. */
const WORTH = 1e-9;
/** Steps that a crossing may take to show that fall. */
const TRIAL = 20;

/** A model to polish. */
export interface AlternatingConvexSearchInput extends WeightedModel {
  /** Most pairs of steps in all; default 2000. */
  readonly maxIters?: number;
  /** Fall of the loss in a pair of steps, relative to that of the zero output, below which the search ends; default 1e-14. */
  readonly tol?: number;
  /** Leave the region of the starting mask where that lowers the loss; default true. */
  readonly crossFacets?: boolean;
}

/** A polished model. */
export interface AlternatingConvexSearch {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Loss at the start and after each step, never increasing. */
  readonly history: readonly number[];
  /** Features that switch on each latent in the last region; at its boundary the codes may be 0. */
  readonly pattern: readonly (readonly number[])[];
  /** Entries at the boundary of the region, as [latent, feature]. */
  readonly boundary: readonly (readonly [latent: number, feature: number])[];
  /** How often the search went on into a neighbouring region. */
  readonly facetsCrossed: number;
  /**
   * `converged`; `pattern-collapse` where a selected code went to 0; `max-iterations`; `zero-decoder` where the decoder became 0;
   * `unsolved` where an encoder step could not be solved.
   */
  readonly status: SearchStatus;
  /** What to know before the model is used. */
  readonly warnings: readonly string[];
}

/**
 * Alternates the best decoder (least squares) and the best encoder of the closed region of the present mask (least squares with
 * inequality constraints), for small models.
 *
 * Paper Theorem 3.2 (biconvexity) makes each step convex where the region fixes the selection mask; the limit is a partial minimum of
 * the closed region, which may lie on its boundary. Loss never increases; a facet is crossed only where the loss falls.
 *
 * @throws RangeError where shapes do not fit or a number is not finite or out of range
 */
export function alternatingConvexSearch(input: AlternatingConvexSearchInput): AlternatingConvexSearch {
  const { maxIters = 2000 } = input;
  checkWeightedModel("alternatingConvexSearch", input);
  checkWhole("alternatingConvexSearch", "maxIters", maxIters, 1);
  return alternatingConvexSearchCore(input);
}

/** {@link alternatingConvexSearch} of input that was checked. */
export function alternatingConvexSearchCore(input: AlternatingConvexSearchInput): AlternatingConvexSearch {
  const { encoder, decoder, maxIters = 2000, tol = 1e-14 } = input;
  const { mask } = isolatedCodesCore(input);
  const first = maskedLoss(input, mask);
  let state: SearchState = { encoder, decoder, mask, history: [first.total], steps: 0, status: "converged" };
  state = descend(input, state, maxIters, tol * first.e0);
  let facetsCrossed = 0;
  for (let crossed = true; crossed && (input.crossFacets ?? true); ) {
    crossed = false;
    for (const [latent, feature] of bindingEntries({ ...input, ...state }, state.mask)) {
      const flipped = neighbourMask({ ...input, ...state }, state.mask, latent, feature);
      if (flipped === null) continue;
      const before = state.history.at(-1) as number;
      const trial = descend(input, { ...state, mask: flipped }, Math.min(maxIters, state.steps + TRIAL), 0);
      if (!((trial.history.at(-1) as number) < before - WORTH * first.e0)) continue;
      state = descend(input, trial, maxIters, tol * first.e0);
      facetsCrossed++;
      crossed = true;
      break;
    }
  }
  return {
    encoder: state.encoder,
    decoder: state.decoder,
    history: state.history,
    pattern: setsOf(state.mask),
    boundary: bindingEntries({ ...input, ...state }, state.mask),
    facetsCrossed,
    status: state.status === "converged" && collapsed(input, state) ? "pattern-collapse" : state.status,
    warnings: state.steps >= maxIters ? [`stopped after ${maxIters} iterations`] : [],
  };
}

/** Whether a selected code is 0 beside the largest of its latent. */
function collapsed({ featuresP, sigma }: WeightedModel, { encoder, mask }: SearchState): boolean {
  if (sigma.kind === "topk" || sigma.kind === "jumprelu") return false;
  const { codes } = maskedCodes(encoder, featuresP, mask, sigma);
  const largest = new Float64Array(codes.cols);
  codes.data.forEach((value, at) => {
    largest[at % codes.cols] = Math.max(largest[at % codes.cols] as number, value);
  });
  return codes.data.some(
    (value, at) => mask.data[at] === 1 && value <= COLLAPSED * (largest[at % codes.cols] as number),
  );
}

function setsOf(mask: Mask): number[][] {
  const sets: number[][] = Array.from({ length: mask.cols }, () => []);
  mask.data.forEach((value, at) => {
    if (value === 1) (sets[at % mask.cols] as number[]).push(Math.floor(at / mask.cols));
  });
  return sets;
}
