import { checkWhole, type Mat, zeros } from "@monosema/numerics";
import { approximateLossCore } from "../codes/approximateLoss.js";
import { activationPatternCore } from "../patterns/activationPattern.js";
import { checkEscape, type Escape, escapeDirectionCore } from "./escapeDirection.js";
import type { WeightedModel } from "./maskedModel.js";

/** A model whose dead latents may be set anew. */
export interface EscapeMinimumInput extends WeightedModel {
  /** Dead latents to set at most; default 1. */
  readonly latents?: number;
  /** Seed of the random candidates; default 0. */
  readonly seed?: number;
}

/** The model after its escapes. */
export interface EscapedModel {
  /** `[nQ, nP]`, a copy. */
  readonly encoder: Mat;
  /** `[nQ, nR]`, a copy. */
  readonly decoder: Mat;
  /** What was set, in order, each with its exact gain and proof. */
  readonly escapes: readonly Escape[];
  /** Approximate loss before. */
  readonly lossBefore: number;
  /** Approximate loss after: `lossBefore` less all gains. */
  readonly lossAfter: number;
  /**
   * `limit`: as many latents as asked were set; `no-dead-latent`: none is left to set; `no-gain`: none was found that lowers the loss;
   * `optimal`: proved that none does, so that no ReLU model of any size has a lower loss.
   */
  readonly stopped: "limit" | "no-dead-latent" | "no-gain" | "optimal";
  /** What to know before the model is used. */
  readonly warnings: readonly string[];
}

/**
 * Sets dead latents, one after the other, to the best rows found by {@link escapeDirection}: the exact form of resampling dead neurons,
 * which leaves a spurious minimum (paper section 3.2 and Figure 7) by a stated amount. Everything else stays as it is; train on or polish
 * from there. The latents are set on the loss of features alone, or on the empirical loss where rows are samples.
 *
 * @throws RangeError where shapes do not fit, a number is not finite, or the activation has a bias or is BatchTopK
 */
export function escapeMinimum(input: EscapeMinimumInput): EscapedModel {
  const { latents = 1, seed = 0 } = input;
  checkEscape("escapeMinimum", input);
  checkWhole("escapeMinimum", "latents", latents, 0);
  let [encoder, decoder] = [input.encoder, input.decoder];
  const lossBefore = approximateLossCore({ ...input, gradients: false }).total;
  const escapes: Escape[] = [];
  const warnings: string[] = [];
  let stopped: EscapedModel["stopped"] = "limit";
  while (escapes.length < latents) {
    const [neuron] = activationPatternCore({ ...input, encoder }).dead;
    if (neuron === undefined) {
      stopped = "no-dead-latent";
      break;
    }
    const found = escapeDirectionCore({ ...input, encoder, decoder, seed }, neuron);
    warnings.push(...found.warnings);
    if (!found.found) {
      stopped = found.globallyOptimalCandidate ? "optimal" : "no-gain";
      break;
    }
    encoder = withRow(encoder, neuron, found.w);
    decoder = withRow(decoder, neuron, found.u);
    escapes.push(found);
  }
  const lossAfter = escapes.at(-1)?.newLoss ?? lossBefore;
  return { encoder, decoder, escapes, lossBefore, lossAfter, stopped, warnings };
}

function withRow(mat: Mat, at: number, values: Float64Array): Mat {
  const changed = zeros(mat.rows, mat.cols);
  changed.data.set(mat.data);
  changed.data.set(values, at * mat.cols);
  return changed;
}
