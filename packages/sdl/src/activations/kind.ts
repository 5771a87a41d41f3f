import type { Backend, Codes, Entries, GroupMaxSelection, Selection, Tensor, TopKSelection } from "@monosema/tensor";
import type * as z from "zod/mini";
import type { LatentVector } from "../arrays.js";
import type { Model, Weights } from "../model.js";
import type { Parameters } from "../parameters.js";
import type { Requirement } from "../requirement.js";
import type { SdlSpec } from "../spec.js";
import type { Term } from "../terms/term.js";
import type { Activation } from "./table.js";

/** Everything that depends on the kind of an activation; a new kind is one such record and its line in the table. */
export interface ActivationKind<A extends Activation = Activation> {
  /** Keys and ranges of its options. */
  readonly schema: z.ZodMiniType<A> & z.core.$ZodTypeDiscriminable;
  /** What it is with Q latents where nobody says more: options, loss terms, decoder norms. */
  defaults(nQ: number): ActivationDefaults<A>;
  /** Combinations of its options with the rest of a spec that must hold. */
  requirements?(activation: A, spec: SdlSpec): Iterable<Requirement>;
  /** k: active latents per sample, where the activation and not a penalty decides. */
  count?(activation: A): number;
  /** Selections of several sizes nest, and k may change from step to step: Matryoshka by rank, annealing. Absent where not. */
  readonly nests?: true;
  /** Vectors `[Q]` that it trains. */
  readonly vectors: { readonly [name in LatentVector]?: VectorRule<A> };
  /**
   * Selection, values and derivative in a training step; absent where a dictionary of this kind can be run but not trained.
   *
   * @param k - active latents per sample in this step where k is annealed, or of each level (Matryoshka by rank)
   */
  training?(activation: A, k?: number | readonly number[]): TrainingRule;
  /**
   * Selection and values at inference.
   *
   * @param caller - function name for messages
   */
  inference(activation: A, model: InferenceState, caller: string): InferenceRule;
  /** The threshold that training keeps for inference. */
  readonly running?: RunningThreshold<A>;
  /** Loss terms that are part of the activation. */
  readonly terms?: readonly Term[];
  /** What L1 adds up: the codes (default), their magnitudes, or the pre-activations of stored pairs. */
  penalised?(activation: A): "codes" | "magnitudes" | "preActivations";
  /** All tiers of a backend give the same bits. */
  readonly sameBits: boolean;
  /** Its options for samples x, from those for samples x times a factor; absent where they stay as they are. */
  unscaled?(activation: A, factor: number): A;
  /** The kind that a dictionary is at inference to SAELens; absent where SAELens has none. */
  saelens?(activation: A): Activation["kind"] | undefined;
}

/** Parts of a spec that follow from an activation where nobody says more. */
export interface ActivationDefaults<A extends Activation = Activation>
  extends Pick<SdlSpec, "terms" | "unitNormDecoder"> {
  /** Its options. */
  readonly activation: A;
}

/** A vector of an activation. */
export interface VectorRule<A> {
  /** A bias: trained with `biases.encoder` only. */
  readonly bias?: true;
  /** Value at the start and after resampling. Default 0. */
  start?(activation: A): number;
  /** Smallest value. */
  readonly minimum?: number;
  /** A model without it is not whole; others are zero where absent. */
  readonly required?: true;
  /**
   * The multiple of u = <encoder_i, x> that the vector is added to at latent i, so that it moves where u does: with a mean that is
   * folded into it, with a factor of the encoder row. Absent where it does not move.
   */
  addsTo?(weights: Weights, i: number): number;
}

/** The training rule: what is stored, its values and their derivative. */
export interface TrainingRule {
  /** The selection of a training step. */
  selection(parameters: Parameters): Selection;
  /** The bias added to u before the selection. */
  readonly bias: LatentVector;
  /** That bias only opens a gate: penalties on z reach it, the codes do not. */
  readonly isGate?: true;
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
  /** dL/d vector `[Q]` by name; the bias of the selection is left to the objective, which sums dL/dz. */
  readonly vectors: { readonly [name in LatentVector]?: Tensor };
}

/** What the inference rule of a model depends on, beside the activation. */
export type InferenceState = Pick<Model, "weights" | "threshold">;

/** An activation at inference as plain data: which latents are active, and with which value. */
export interface InferenceRule {
  /** Selection by z = u + bias. */
  readonly selection: InferenceSelection;
  /** Added to u `[Q]`. */
  readonly bias?: Float32Array;
  /** Values relu(gain u + offset) of the selected latents; absent: z. */
  readonly values?: InferenceValues;
}

/** Selections that do not depend on other samples. */
export type InferenceSelection = BackendSelection | CodeSearch;

/** Those that a backend makes. */
export type BackendSelection = InferenceThreshold | TopKSelection | GroupMaxSelection;

/** Those that are searched for on the host, sample by sample. */
export type CodeSearch = LargestMagnitudes | Pursuit;

/** The k pre-activations of a sample that are largest in magnitude, with their signs. */
export interface LargestMagnitudes {
  /** Discriminant. */
  readonly kind: "absTopK";
  /** Entries per sample. */
  readonly k: number;
}

/**
 * Matching pursuit: the latent with the largest u = <encoder_i, r> above 0 gets u more and r loses u decoder_i, from r = x on, until
 * the active latents stay the same, r is short, or the steps are used up.
 */
export interface Pursuit {
  /** Discriminant. */
  readonly kind: "pursuit";
  /** Steps at most. */
  readonly maxIterations: number;
  /** The norm of r that is short; 0 for none. */
  readonly residualThreshold: number;
  /** It ends when a step activates no other latent. */
  readonly stopOnDuplicateSupport: boolean;
}

/** z above a threshold, one for all latents or one for each `[Q]`. */
export interface InferenceThreshold {
  /** Discriminant. */
  readonly kind: "threshold";
  /** The threshold. */
  readonly theta: number | Float32Array;
}

/** See {@link InferenceRule.values}. */
export interface InferenceValues {
  /** `[Q]`; absent: 1. */
  readonly gain?: Float32Array;
  /** `[Q]`; absent: 0. */
  readonly offset?: Float32Array;
}

/** A running threshold of training. */
export interface RunningThreshold<A> {
  /** The threshold after a batch, a scalar. */
  move(backend: Backend, activation: A, threshold: Tensor, smallest: Tensor): Tensor;
}
