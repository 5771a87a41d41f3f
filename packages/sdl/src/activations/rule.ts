import type { Backend, Codes, Entries, Selection, Tensor } from "@monosema/tensor";
import type { Weights } from "../model.js";
import type { Parameters } from "../parameters.js";

/** An activation: what it stores, its values and its derivative. */
export interface ActivationRule {
  /** The selection of a training step. */
  selection(parameters: Parameters): Selection;
  /** Bias added before the selection `[Q]`. */
  bias(parameters: Parameters): Tensor | undefined;
  /** f at the stored pairs, with its derivative. */
  activate(backend: Backend, parameters: Parameters, codes: Codes): Activated;
}

/** Values of an activation and the way back. */
export interface Activated {
  /** f at the stored pairs. */
  readonly values: Entries;
  /** Gradient dL/df to dL/du (u = <encoder_i, x>) and to the activation's own parameters. */
  backward(delta: Entries): ActivationGradient;
}

/** Result of {@link Activated.backward}. */
export interface ActivationGradient {
  /** dL/du at the stored pairs. */
  readonly preActivations: Entries;
  /** dL/d parameter `[Q]` by name; b_enc and b_gate are left to the objective, which sums dL/dz. */
  readonly vectors: { readonly [name in keyof Weights]?: Tensor };
}
