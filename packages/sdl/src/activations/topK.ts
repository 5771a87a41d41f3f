import * as z from "zod/mini";
import { type Keys, size } from "../schema.js";
import type { ActivationKind } from "./kind.js";
import { encoderBias, masked, maskedInference } from "./masked.js";

/** The k largest pre-activations of a sample, then ReLU (Gao et al. 2024). */
export interface TopKActivation {
  /** Discriminant. */
  readonly kind: "topk";
  /** Active latents per sample at most; an integer up to Q. */
  readonly k: number;
  /** Pure TopK (paper eq. 7): no ReLU, negative values are kept. Default false. */
  readonly signed?: boolean;
}

const shape = { kind: z.literal("topk"), k: size, signed: z.exactOptional(z.boolean()) } satisfies Keys<TopKActivation>;

/** TopK. */
export const topK: ActivationKind<TopKActivation> = {
  schema: z.strictObject(shape),
  defaults: (nQ) => ({ activation: { kind: "topk", k: usualK(nQ) }, terms: { auxK: {} }, unitNormDecoder: false }),
  *requirements(_activation, { terms: { matryoshka } }) {
    if (matryoshka?.kind !== "multiK") return;
    const { ks } = matryoshka;
    yield [ks.every(Number.isInteger), "matryoshka.ks must be integers for topk", ks, "round them"];
  },
  count: ({ k }) => k,
  nests: true,
  vectors: { encoderBias },
  training: ({ k, signed = false }, now = k) => masked({ kind: "topK", k: now, signed }),
  inference: ({ k, signed = false }, model) => maskedInference({ kind: "topK", k, signed }, model),
  penalised: ({ signed }) => (signed ? "magnitudes" : "codes"),
  sameBits: true,
  saelens: ({ signed }) => (signed ? undefined : "topk"),
};

/** 32, at most a quarter of the latents. */
export const usualK = (nQ: number): number => Math.max(1, Math.min(32, nQ >> 2));
