import * as z from "zod/mini";
import type { ActivationKind } from "./kind.js";
import { encoderBias, masked, maskedInference } from "./masked.js";

/** f = max(z, 0). */
export interface ReluActivation {
  /** Discriminant. */
  readonly kind: "relu";
}

/** ReLU. */
export const relu: ActivationKind<ReluActivation> = {
  schema: z.strictObject({ kind: z.literal("relu") }),
  defaults: () => ({
    activation: { kind: "relu" },
    terms: { l1: { coefficient: 1, weighting: "decoderNorm" } },
    unitNormDecoder: false,
  }),
  vectors: { encoderBias },
  training: () => masked({ kind: "threshold", theta: 0 }),
  inference: (_activation, model) => maskedInference({ kind: "threshold", theta: 0 }, model),
  sameBits: false,
  saelens: () => "relu",
};
