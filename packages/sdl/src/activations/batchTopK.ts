import { algebra, type Backend, type Tensor } from "@monosema/tensor";
import * as z from "zod/mini";
import { type Keys, positive } from "../schema.js";
import type { ActivationKind } from "./kind.js";
import { encoderBias, masked, maskedInference } from "./masked.js";
import { runningThreshold } from "./runningThreshold.js";
import { usualK } from "./topK.js";

/** The floor(k B) largest positive pre-activations of a batch; a running threshold at inference (Bussmann et al. 2024). */
export interface BatchTopKActivation {
  /** Discriminant. */
  readonly kind: "batchtopk";
  /** Mean active latents per sample; may be fractional. */
  readonly k: number;
  /** Rate eta of the running threshold. Default .02. */
  readonly thresholdRate?: number;
}

const shape = {
  kind: z.literal("batchtopk"),
  k: positive,
  thresholdRate: z.exactOptional(z.number().check(z.gt(0), z.maximum(1))),
} satisfies Keys<BatchTopKActivation>;

/** BatchTopK. */
export const batchTopK: ActivationKind<BatchTopKActivation> = {
  schema: z.strictObject(shape),
  defaults: (nQ) => ({ activation: { kind: "batchtopk", k: usualK(nQ) }, terms: { auxK: {} }, unitNormDecoder: false }),
  count: ({ k }) => k,
  nests: true,
  vectors: { encoderBias },
  training: ({ k }, now = k) => masked({ kind: "batchTopK", k: now }),
  inference: (_activation, model, caller) =>
    maskedInference({ kind: "threshold", theta: runningThreshold(caller, model) }, model),
  running: { move: moved },
  sameBits: true,
  saelens: () => "jumprelu",
};

/** theta + eta (smallest - theta), the first observed value itself, unchanged by a batch without active entries. */
function moved(
  backend: Backend,
  { thresholdRate: rate = 0.02 }: BatchTopKActivation,
  theta: Tensor,
  smallest: Tensor,
): Tensor {
  const { add, mul, sub, step } = algebra(backend);
  const eta = add(mul(step(theta), rate - 1), 1); // 1 at first, then the rate
  return add(theta, mul(mul(step(smallest), eta), sub(smallest, theta)));
}
