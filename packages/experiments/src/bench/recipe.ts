import { type Method, methods } from "./methods.js";

/** Numbers of one method's training; what a method does not use is ignored. */
export interface Recipe {
  /** Steps. */
  readonly steps: number;
  /** Samples per step, B. */
  readonly batchSize: number;
  /** Adam's learning rate. */
  readonly lr: number;
  /** Steps of linear warm-up. */
  readonly warmup: number;
  /** Fraction of the steps, at the end, over which the learning rate falls to 0. */
  readonly decay: number;
  /** b_enc and b_dec are trained, b_dec subtracted from the input (transcoders: not subtracted). */
  readonly biases: boolean;
  /** TopK family: dead latents learn from the residual. */
  readonly auxK: boolean;
  /** Active latents per sample of the TopK family. */
  readonly k: number;
  /** TopK family but for Matryoshka by `ks`: k of the first step, from which it falls; 0: k all along. */
  readonly kFrom: number;
  /** Fraction of the steps after which k has its own value. */
  readonly kOver: number;
  /** Matryoshka: k of the levels, where `prefixes` is empty. */
  readonly ks: readonly number[];
  /** Matryoshka: levels are the first latents, these shares of them, the last one 1; empty: levels by `ks`. */
  readonly prefixes: readonly number[];
  /** Matryoshka with prefixes: the largest of the batch are kept (BatchTopK), not of each sample. */
  readonly batched: boolean;
  /** JumpReLU: initial threshold. */
  readonly theta: number;
  /** JumpReLU: window width eps. */
  readonly bandwidth: number;
  /** JumpReLU: coefficient of the step L0 loss. */
  readonly l0: number;
  /** JumpReLU: fraction of the steps over which L0 rises. */
  readonly l0Ramp: number;
  /** ReLU: coefficient of L1. */
  readonly l1: number;
  /** ReLU: L1 weighted by decoder norms. */
  readonly l1ByNorm: boolean;
  /** ReLU: fraction of the steps over which L1 rises. */
  readonly l1Ramp: number;
  /** ReLU: unit-norm decoder. */
  readonly unitNormDecoder: boolean;
  /** l_w. */
  readonly weightDecay: number;
}

const base: Recipe = {
  steps: 600,
  batchSize: 512,
  lr: 3e-3,
  warmup: 0,
  decay: 0,
  biases: false,
  auxK: false,
  k: 8,
  kFrom: 0,
  kOver: 0.5,
  ks: [4, 8, 16],
  prefixes: [],
  batched: false,
  theta: 0.5,
  bandwidth: 0.5,
  l0: 1,
  l0Ramp: 0,
  l1: 1,
  l1ByNorm: false,
  l1Ramp: 0.3,
  unitNormDecoder: false,
  weightDecay: 0,
};

/** Recipes of all methods: what they share, and what each has of its own. */
export function recipes(
  shared: Partial<Recipe>,
  own: Partial<Record<Method, Partial<Recipe>>> = {},
): Readonly<Record<Method, Recipe>> {
  const of = (method: Method): Recipe => ({ ...base, ...shared, ...own[method] });
  return Object.fromEntries(methods.map((method) => [method, of(method)])) as Record<Method, Recipe>;
}
