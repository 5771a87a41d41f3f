import { checkWeightedModel } from "../checkModel.js";
import { isolatedCodesCore, type Mask } from "../codes/isolatedCodes.js";
import { activationPatternCore } from "../patterns/activationPattern.js";
import { isTopK } from "../sigma.js";
import { bestDecoder } from "./bestDecoder.js";
import { bindingEntries } from "./bindingEntries.js";
import { encoderGap } from "./encoderGap.js";
import { type LatentKkt, latentKkt } from "./latentKkt.js";
import { maskedCodes, maskedLoss, type WeightedModel } from "./maskedModel.js";
import { type MinimumType, minimumType } from "./minimumType.js";
import { reachesZero } from "./reachesZero.js";
import { relativeGradient } from "./relativeGradient.js";

/** Smallest relative margin of an interior minimum. */
const INTERIOR = 1e-4;
/** Relative excess over the best known loss that makes a partial minimum spurious. */
const EXCESS = 1e-6;

/** A model to examine. */
export interface PartialMinimumCheckInput extends WeightedModel {
  /** Largest fall of the loss by either block, relative, of a partial minimum; default 1e-9, use 1e-4 for float32-trained models. */
  readonly eps?: number;
}

/** How close a model is to a partial minimum, and of which kind. */
export interface PartialMinimumCheck {
  /** L~ / E0, with E0 the loss of the zero output. */
  readonly relativeLoss: number;
  /** max_i ||gradient of the encoder row|| ||row|| / (2 E0). */
  readonly relGradE: number;
  /** max_i ||gradient of the decoder row|| ||row|| / (2 E0). */
  readonly relGradD: number;
  /** Stationarity of each encoder row within the closed region, `[nQ]`. */
  readonly kkt: readonly LatentKkt[];
  /** Smallest |pre - threshold| / (||w_E^i|| ||w_p^d||); null for top-k kinds. */
  readonly minMargin: number | null;
  /** Fall of the loss by the best decoder, relative to E0. */
  readonly gapD: number;
  /** Fall of the loss by the best encoder of the closed region, relative to E0. */
  readonly gapE: number;
  /** False where `gapE` is only an upper bound, for models of more than 2000 encoder weights. */
  readonly gapEExact: boolean;
  /** Both gaps at most eps. */
  readonly isPartial: boolean;
  /** Inside its region with a margin of 1e-4, on its boundary, or no partial minimum. */
  readonly kind: "interiorMinimum" | "boundary" | "none";
  /** Type of the joint loss there; null where it is no interior minimum. */
  readonly type: MinimumType | null;
  /** Smallest relative loss that some model is known to reach. */
  readonly globalUpperBound: number;
  /** A partial minimum above that loss. */
  readonly spurious: boolean;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Examines whether a model is a partial minimum (best in each block while the other is fixed and the mask is kept), of which type, and
 * whether a better model is known.
 *
 * Concerns Theorem 3.6 of arXiv 2512.05534. Its proof replaces the encoder gradient by its product with the row, which is always 0, so
 * points that it builds need not be stationary; and a partial minimum may be a strict saddle. Features within 1e-9 of a threshold
 * count as off, with a multiplier. Cost of a loss, a least-squares problem for the decoder and, up to 2000 encoder weights, one with
 * inequalities for the encoder.
 *
 * @throws RangeError where shapes do not fit or a number is not finite
 */
export function partialMinimumCheck(input: PartialMinimumCheckInput): PartialMinimumCheck {
  checkWeightedModel("partialMinimumCheck", input);
  return partialMinimumCheckCore(input);
}

/** {@link partialMinimumCheck} of input that was checked. */
export function partialMinimumCheckCore(input: PartialMinimumCheckInput): PartialMinimumCheck {
  const { encoder, decoder, featuresP, featuresR, weights, sigma, eps = 1e-9 } = input;
  const isolated = isolatedCodesCore(input);
  const { minMargin } = activationPatternCore({ ...input, isolated });
  const binding = bindingEntries(input, isolated.mask);
  const mask = isTopK(sigma) ? isolated.mask : without(isolated.mask, binding);
  const loss = maskedLoss(input, mask, true);
  const e0 = loss.e0 || 1;

  const { codes } = maskedCodes(encoder, featuresP, mask, sigma);
  const fitted = maskedLoss({ ...input, decoder: bestDecoder(codes, featuresR, weights) }, mask).total;
  const gapD = Math.max(0, loss.total - fitted) / e0;
  const gap = encoderGap(input, mask, loss.total);
  const gapE = gap.fall / e0;
  const isPartial = gapD <= eps && gapE <= eps;
  const inside = minMargin === null ? binding.length === 0 : minMargin >= INTERIOR;
  const upper = reachesZero(featuresP, encoder.rows, sigma) ? 0 : 1; // the zero model has 1
  const spurious = isPartial && loss.relative > upper + EXCESS;
  const warnings = [...isolated.warnings];
  if (!gap.exact) warnings.push("gapE is an upper bound: the encoder has too many weights for the exact problem");
  if (loss.e0 === 0) warnings.push("all targets or weights are zero: nothing is relative");
  return {
    relativeLoss: loss.relative,
    relGradE: relativeGradient(loss.gradEncoder, encoder, e0),
    relGradD: relativeGradient(loss.gradDecoder, decoder, e0),
    kkt: latentKkt(input, mask, loss.gradEncoder, binding),
    minMargin,
    gapD,
    gapE,
    gapEExact: gap.exact,
    isPartial,
    kind: isPartial ? (inside ? "interiorMinimum" : "boundary") : "none",
    type: isPartial && inside ? minimumType(input, mask, loss.residuals) : null,
    globalUpperBound: upper,
    spurious,
    warnings,
  };
}

/** A mask with some entries off. */
function without(mask: Mask, entries: readonly (readonly [latent: number, feature: number])[]): Mask {
  const data = Uint8Array.from(mask.data);
  for (const [latent, feature] of entries) data[feature * mask.cols + latent] = 0;
  return { ...mask, data };
}
