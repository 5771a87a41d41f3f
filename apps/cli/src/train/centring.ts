import { type SdlSpec, transcodes } from "@monosema/sdl";
import { numberText } from "../metricsText.js";

/**
 * Above this ||mean||^2 / total variance: a pre-activation is then shifted by more than 3.2 of its standard deviations where its
 * direction lies along the mean, and a tenth of random directions would need a sample 4 deviations out to fire at all.
 */
const RATIO = 10;

/**
 * What to say before training where the mean of the inputs is large against their spread, which predicts dead latents (arXiv
 * 2605.31518): undefined where it is not, a warning where the mean is not subtracted.
 *
 * @param ratio - ||mean||^2 / total variance of the inputs
 * @param centred - whether the model subtracts the mean from its start on
 */
export function centringNote(
  ratio: number,
  { variant, biases }: Pick<SdlSpec, "variant" | "biases">,
  centred: boolean,
): { readonly text: string; readonly isWarning: boolean } | undefined {
  if (!(ratio > RATIO && Number.isFinite(ratio))) return undefined;
  const size = `--data: the squared mean is ${numberText(ratio)} times the variance`;
  if (centred) return { text: `${size}; it is subtracted from the start, as --biases on does`, isWarning: false };
  const remedy = !transcodes({ variant })
    ? "--biases on subtracts b_dec, which starts at the mean"
    : `${biases.encoder ? "--normalize meannorm" : "--biases on"} takes the mean up in b_enc`;
  return { text: `${size}, which lets latents die before they learn: ${remedy}`, isWarning: true };
}
