import * as z from "zod/mini";
import { type Keys, size } from "../schema.js";
import type { ActivationKind } from "./kind.js";
import { encoderBias, masked, maskedInference } from "./masked.js";
import { usualK } from "./topK.js";

/** Of each of k groups of Q/k consecutive latents the largest pre-activation, then ReLU (EleutherAI sparsify's `groupmax`). */
export interface GroupMaxActivation {
  /** Discriminant. */
  readonly kind: "groupmax";
  /** Groups, so active latents per sample at most; a divisor of Q. */
  readonly k: number;
}

const shape = { kind: z.literal("groupmax"), k: size } satisfies Keys<GroupMaxActivation>;

/** Groupmax. */
export const groupMax: ActivationKind<GroupMaxActivation> = {
  schema: z.strictObject(shape),
  defaults: (nQ) => ({
    activation: { kind: "groupmax", k: divisorUpTo(usualK(nQ), nQ) },
    terms: { auxK: {} },
    unitNormDecoder: false,
  }),
  *requirements({ k }, { nQ }) {
    yield [nQ % k === 0, `k must divide nQ = ${nQ} for groupmax`, k, `use ${divisorUpTo(k, nQ)}`];
  },
  count: ({ k }) => k,
  vectors: { encoderBias },
  training: ({ k }) => masked({ kind: "groupMax", groups: k }),
  inference: ({ k }, model) => maskedInference({ kind: "groupMax", groups: k }, model),
  sameBits: true,
};

/** The largest divisor of n up to k. */
function divisorUpTo(k: number, n: number): number {
  let divisor = Math.min(k, n);
  while (n % divisor !== 0) divisor--;
  return divisor;
}
