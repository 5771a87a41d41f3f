import * as z from "zod/mini";
import { coefficient, type Keys, size } from "../schema.js";
import type { ActivationKind } from "./kind.js";

/** Codes by matching pursuit with the decoder (SAELens `matching_pursuit`); can be run, not trained. */
export interface MatchingPursuitActivation {
  /** Discriminant. */
  readonly kind: "matchingpursuit";
  /** Steps per sample at most, so active latents too. */
  readonly maxIterations: number;
  /** A sample is done when the norm of what is left is below it; 0 for never. */
  readonly residualThreshold: number;
  /** A sample is done when a step activates no other latent. */
  readonly stopOnDuplicateSupport: boolean;
}

const shape = {
  kind: z.literal("matchingpursuit"),
  maxIterations: size,
  residualThreshold: coefficient,
  stopOnDuplicateSupport: z.boolean(),
} satisfies Keys<MatchingPursuitActivation>;

/** Matching pursuit. */
export const matchingPursuit: ActivationKind<MatchingPursuitActivation> = {
  schema: z.strictObject(shape),
  defaults: () => ({
    activation: { kind: "matchingpursuit", maxIterations: 32, residualThreshold: 0.01, stopOnDuplicateSupport: true },
    terms: {},
    unitNormDecoder: false,
  }),
  vectors: {},
  inference: ({ kind: _, ...options }) => ({ selection: { kind: "pursuit", ...options } }),
  sameBits: false,
  unscaled: (activation, factor) => ({ ...activation, residualThreshold: activation.residualThreshold / factor }),
};
