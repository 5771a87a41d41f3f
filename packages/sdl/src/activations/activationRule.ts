import type { SdlSpec } from "../spec.js";
import { gated } from "./gated.js";
import { jumpRelu } from "./jumpRelu.js";
import { masked } from "./masked.js";
import type { ActivationRule } from "./rule.js";

/**
 * The training rule of a spec's activation.
 *
 * @param k - active latents per sample in this step, where k is annealed
 */
export function activationRule(spec: SdlSpec, k?: number): ActivationRule {
  const { activation, terms } = spec;
  const ks = terms.matryoshka?.kind === "multiK" ? terms.matryoshka.ks : undefined;
  switch (activation.kind) {
    case "relu":
      return masked({ kind: "threshold", theta: 0 });
    case "jumprelu":
      return jumpRelu(spec, activation);
    case "topk":
      return masked({ kind: "topK", k: ks ?? k ?? activation.k, signed: activation.signed ?? false });
    case "batchtopk":
      return masked({ kind: "batchTopK", k: ks ?? k ?? activation.k });
    case "gated":
      return gated;
  }
}
