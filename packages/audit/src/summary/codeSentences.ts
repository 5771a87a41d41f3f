import type { InferenceAudit } from "../inference/inferenceAudit.js";
import { percent } from "../words.js";

/** Jaccard index below which supports count as different. */
const AGREE = 0.7;

/** Whether the sparse codes are determined, given the decoder, in sentences. */
export function codeSentences(inference: InferenceAudit | null): readonly string[] {
  if (inference === null) return [];
  return [determined(inference), ...agreed(inference)];
}

function determined({ determination, distance: { bound, observed } }: InferenceAudit): string {
  if (determination === null || observed === null) return "Too few samples have active latents to say.";
  const { dependent } = determination;
  if (dependent > 0) {
    return `No: in ${percent(dependent)} of the cases latents that are active together depend on each other, and codes can be exchanged freely.`;
  }
  if (bound === null || bound >= 1) {
    return "That is not guaranteed: two codes with the error of the encoder may differ by more than the size of a code.";
  }
  return `Up to their error, yes: two codes with the error of the encoder differ by at most ${percent(bound)} of the size of a code.`;
}

function agreed({
  quality: { supportJaccard: same, reconstructionAgreement: values },
}: InferenceAudit): readonly string[] {
  if (same === null) return [];
  const shared = `Encoder and matching pursuit share ${percent(same)} of their active latents${values === null ? "" : ` and agree in ${percent(Math.max(0, values))} of what they say of the data`}`;
  return [
    same < AGREE
      ? `${shared}: do not read much into whether one latent is active in one sample.`
      : `${shared}: which latents are active hardly depends on the way they are found.`,
  ];
}
