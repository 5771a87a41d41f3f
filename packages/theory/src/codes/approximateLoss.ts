import { dot, type Mat, row, zeros } from "@monosema/numerics";
import { checkWeightedModel } from "../checkModel.js";
import { checkIsolated, type IsolatedCodes, type IsolatedCodesInput, isolatedCodesCore } from "./isolatedCodes.js";
import { maskedTimes, maskedTransposeTimes, timesOnMask } from "./maskedProducts.js";
import { sigmaPropertiesCore } from "./sigmaProperties.js";

/** Input of {@link approximateLoss}. */
export interface ApproximateLossInput extends IsolatedCodesInput {
  /** Decoder, a row per latent, `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Target directions, a row per feature, `[n, nR]`. */
  readonly featuresR: Mat;
  /** Weight M_d of each feature, not negative, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Codes of the same encoder, features and activation, to save their computation; default: computed. */
  readonly isolated?: IsolatedCodes;
  /** Compute the gradients; default true. Without them both are matrices without entries. */
  readonly gradients?: boolean;
}

/** The approximate loss with its parts and gradients. */
export interface ApproximateLoss {
  /** sum_d M_d ||r_d||^2. */
  readonly total: number;
  /** total / e0; 0 where both are 0. */
  readonly relative: number;
  /** M_d ||r_d||^2, `[n]`. */
  readonly perFeature: Float64Array;
  /** r_d = w_r^d - W_D z_d, `[n, nR]`. */
  readonly residuals: Mat;
  /** Loss of the zero output, sum_d M_d ||w_r^d||^2. */
  readonly e0: number;
  /** Gradient with respect to the encoder, `[nQ, nP]`. */
  readonly gradEncoder: Mat;
  /** Gradient with respect to the decoder, `[nQ, nR]`. */
  readonly gradDecoder: Mat;
  /** Remarks. */
  readonly warnings: readonly string[];
}

/**
 * The approximate loss L~ = sum_d M_d ||w_r^d - W_D sigma(W_E w_p^d)||^2 of the paper (eq. 11), its parts and full gradients.
 *
 * Paper Theorem 3.1 (L - L~ = O((1-S)^2)) needs a positively homogeneous activation without bias and finite moments; the printed weight
 * M_d is too large by 1/(1-S). Rows may also be samples with weight 1/N: then this is the empirical loss.
 *
 * Cost O(nQ nP n) for the codes and O((nP + nR) a) for the rest with a active entries.
 *
 * @throws RangeError where sizes do not fit or a number is not finite
 */
export function approximateLoss(input: ApproximateLossInput): ApproximateLoss {
  checkWeightedModel("approximateLoss", input);
  checkIsolated("approximateLoss", input, input.isolated);
  return approximateLossCore(input);
}

/** {@link approximateLoss} of input that was checked. */
export function approximateLossCore(input: ApproximateLossInput): ApproximateLoss {
  const { encoder, decoder, featuresP, featuresR, weights, sigma, gradients = true } = input;
  const { mask, codes, warnings } = input.isolated ?? isolatedCodesCore(input);
  const output = maskedTimes(codes, mask, decoder);
  const residuals: Mat = { ...featuresR, data: featuresR.data.map((value, at) => value - (output.data[at] as number)) };
  const perFeature = new Float64Array(featuresP.rows);
  let total = 0;
  let e0 = 0;
  for (let d = 0; d < perFeature.length; d++) {
    const weight = weights[d] as number;
    perFeature[d] = weight * dot(row(residuals, d), row(residuals, d));
    total += perFeature[d] as number;
    e0 += weight * dot(row(featuresR, d), row(featuresR, d));
  }
  let [gradEncoder, gradDecoder] = [zeros(0, encoder.cols), zeros(0, decoder.cols)];
  if (gradients) {
    const weighted: Mat = {
      ...residuals,
      data: residuals.data.map((value, at) => -2 * (weights[Math.floor(at / decoder.cols)] as number) * value),
    };
    gradDecoder = maskedTransposeTimes(codes, mask, weighted);
    gradEncoder = maskedTransposeTimes(timesOnMask(weighted, decoder, mask), mask, featuresP);
  }
  const remarks = sigmaPropertiesCore(sigma).homogeneous
    ? warnings
    : [...warnings, `${sigma.kind} is not homogeneous here: the loss at unit scale does not stand for other scales`];
  const relative = e0 > 0 ? total / e0 : total;
  return { total, relative, perFeature, residuals, e0, gradEncoder, gradDecoder, warnings: remarks };
}
