import type { Backend, Selection } from "@monosema/tensor";
import type { ActivationRule } from "./rule.js";

/**
 * Activations whose stored pairs are exactly their active ones, with f = z there: ReLU, TopK, BatchTopK (paper eq. 10).
 *
 * @param selection - what is stored
 */
export function masked(selection: Selection): ActivationRule {
  return {
    selection: () => selection,
    bias: (parameters) => parameters.encoderBias?.value,
    activate: (_backend: Backend, _parameters, codes) => ({
      values: codes.pre,
      backward: (delta) => ({ preActivations: delta, vectors: {} }),
    }),
  };
}
