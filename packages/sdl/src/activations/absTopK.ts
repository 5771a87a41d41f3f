import * as z from "zod/mini";
import { type Keys, size } from "../schema.js";
import type { ActivationKind } from "./kind.js";
import { encoderBias, maskedInference } from "./masked.js";
import { usualK } from "./topK.js";

/** The k pre-activations of a sample that are largest in magnitude, with their signs (SAELens `abstopk`); can be run, not trained. */
export interface AbsTopKActivation {
  /** Discriminant. */
  readonly kind: "abstopk";
  /** Active latents per sample at most; an integer up to Q. */
  readonly k: number;
}

const shape = { kind: z.literal("abstopk"), k: size } satisfies Keys<AbsTopKActivation>;

/** TopK by magnitude. */
export const absTopK: ActivationKind<AbsTopKActivation> = {
  schema: z.strictObject(shape),
  defaults: (nQ) => ({ activation: { kind: "abstopk", k: usualK(nQ) }, terms: {}, unitNormDecoder: false }),
  count: ({ k }) => k,
  vectors: { encoderBias },
  inference: ({ k }, model) => maskedInference({ kind: "absTopK", k }, model),
  sameBits: false,
  saelens: () => "abstopk",
};
