import type { Backend, Selection } from "@monosema/tensor";
import type { InferenceRule, InferenceSelection, InferenceState, TrainingRule, VectorRule } from "./kind.js";

/**
 * Activations whose stored pairs are exactly their active ones, with f = z there: ReLU, TopK, BatchTopK (paper eq. 10).
 *
 * @param selection - what is stored
 */
export function masked(selection: Selection): TrainingRule {
  return {
    selection: () => selection,
    bias: "encoderBias",
    activate: (_backend: Backend, _parameters, codes) => ({
      values: codes.pre,
      backward: (delta) => ({ preActivations: delta, vectors: {} }),
    }),
  };
}

/** The same at inference. */
export function maskedInference(selection: InferenceSelection, { weights }: InferenceState): InferenceRule {
  return { selection, ...(weights.encoderBias ? { bias: weights.encoderBias } : {}) };
}

/** b_enc, added to u. */
export const encoderBias: VectorRule<unknown> = { bias: true, addsTo: () => 1 };
