import type { InferenceRule } from "./activations/kind.js";
import { kindOf } from "./activations/table.js";
import type { Model } from "./model.js";

/**
 * Which latents of a model are active at inference, and with which value, as plain data.
 *
 * @throws RangeError for a BatchTopK model without its threshold
 */
export function inferenceRule(model: Model, caller: string = "inferenceRule"): InferenceRule {
  return kindOf(model.spec.activation).inference(model.spec.activation, model, caller);
}
