import { norm, row } from "@monosema/numerics";
import { checkEncoding } from "../checkModel.js";
import {
  checkIsolated,
  type IsolatedCodes,
  type IsolatedCodesInput,
  isolatedCodesCore,
  type Mask,
} from "../codes/isolatedCodes.js";
import { isTopK, thresholdOf } from "../sigma.js";

/** Input of {@link activationPattern}. */
export interface ActivationPatternInput extends IsolatedCodesInput {
  /** Codes of the same encoder, features and activation, to save their computation; default: computed. */
  readonly isolated?: IsolatedCodes;
  /** Relative distance from the threshold below which an entry is ambiguous; default 1e-9, use 1e-6 for float32-trained encoders. */
  readonly tie?: number;
}

/** Which features switch on which latents. */
export interface ActivationPattern {
  /** F_i: the features that switch on latent i, ascending. */
  readonly sets: readonly (readonly number[])[];
  /** Selection mask, `[n, nQ]`. */
  readonly mask: Mask;
  /** Latents that no feature switches on. */
  readonly dead: readonly number[];
  /** True where every feature switches on exactly one latent. */
  readonly partition: boolean;
  /** Latents that several features switch on. */
  readonly polysemantic: readonly number[];
  /** Features that switch on no latent. */
  readonly uncovered: readonly number[];
  /**
   * Smallest |pre - theta| / (||w_E^i|| ||w_p^d||) over rows that are not 0, for relu and jumprelu; null for top-k kinds and where all
   * rows are 0.
   */
  readonly minMargin: number | null;
  /** Entries too close to the threshold, or tied at a selection cut, for any certificate, as [latent, feature]. */
  readonly ambiguous: readonly (readonly [latent: number, feature: number])[];
  /** Remarks. */
  readonly warnings: readonly string[];
}

/**
 * The pattern (F_1 .. F_nQ) of an encoder on the features, each on its own (paper Definition 3.1), by selection: pure TopK also
 * selects negative values, which the ">0" pattern of the paper misses (its Theorem 3.2 then fails).
 *
 * Cost O(nQ nP n).
 *
 * @throws RangeError where sizes do not fit or a number is not finite
 */
export function activationPattern(input: ActivationPatternInput): ActivationPattern {
  checkEncoding("activationPattern", input);
  checkIsolated("activationPattern", input, input.isolated);
  return activationPatternCore(input);
}

/** {@link activationPattern} of input that was checked. */
export function activationPatternCore(input: ActivationPatternInput): ActivationPattern {
  const { encoder, featuresP, sigma, tie = 1e-9 } = input;
  const { pre, mask, ties, warnings } = input.isolated ?? isolatedCodesCore(input);
  const sets: number[][] = Array.from({ length: mask.cols }, () => []);
  const uncovered: number[] = [];
  let partition = true;
  const ambiguous: (readonly [number, number])[] = [...ties];
  let minMargin = Number.POSITIVE_INFINITY;
  const lengths = Float64Array.from({ length: encoder.rows }, (_, i) => norm(row(encoder, i)));
  const byThreshold = !isTopK(sigma);
  for (let d = 0; d < mask.rows; d++) {
    const length = norm(row(featuresP, d));
    let count = 0;
    for (let i = 0; i < mask.cols; i++) {
      const at = d * mask.cols + i;
      if (mask.data[at] === 1) {
        (sets[i] as number[]).push(d);
        count++;
      }
      const scale = length * (lengths[i] as number);
      if (!byThreshold || scale === 0) continue;
      const margin = Math.abs((pre.data[at] as number) - thresholdOf(sigma, i)) / scale;
      minMargin = Math.min(minMargin, margin);
      if (margin <= tie) ambiguous.push([i, d]);
    }
    if (count === 0) uncovered.push(d);
    if (count !== 1) partition = false;
  }
  const latentsWith = (fits: (size: number) => boolean): number[] =>
    sets.flatMap((set, i) => (fits(set.length) ? [i] : []));
  const remarks =
    ambiguous.length > ties.length ? [`${ambiguous.length} entries are too close to their threshold`] : [];
  return {
    sets,
    mask,
    dead: latentsWith((size) => size === 0),
    partition,
    polysemantic: latentsWith((size) => size > 1),
    uncovered,
    minMargin: minMargin === Number.POSITIVE_INFINITY ? null : minMargin,
    ambiguous,
    warnings: [...warnings, ...remarks],
  };
}
