import { algebra, type Backend, type Entries, type Tensor } from "@monosema/tensor";
import type { SdlSpec } from "./spec.js";
import { levelWeights } from "./terms/matryoshka.js";

/** Reconstruction of a batch by levels, its loss and its gradient. */
export interface Reconstruction {
  /** x_hat of the last level `[B, R]`. */
  readonly output: Tensor;
  /** x_hat of the last level minus the target `[B, R]`. */
  readonly error: Tensor;
  /** sum_l weight_l R(x_hat_l - x_r), a scalar. */
  value(): Tensor;
  /** E_q = c sum_{l >= q} weight_l (x_hat_l - x_r) `[B, R]` of each level q: the gradient of what level q decodes. */
  readonly gradients: readonly Tensor[];
}

/**
 * Decodes level by level (each adds to the one before) and compares every level with the target.
 *
 * @param values - f at the stored pairs
 * @param base - what is there without latents: b_dec `[R]`, or with skip `[B, R]`
 * @param scale - c of the reduction
 */
export function reconstruct(
  backend: Backend,
  spec: SdlSpec,
  values: Entries,
  decoder: Tensor,
  base: Tensor | undefined,
  target: Tensor,
  scale: number,
): Reconstruction {
  const { add, mul, square, sub, sum } = algebra(backend);
  const weights = levelWeights(spec);
  const outputs: Tensor[] = [];
  for (const part of backend.decode(values, decoder)) {
    const below = outputs.at(-1) ?? base;
    outputs.push(below ? add(part, below) : part);
  }
  const errors = outputs.map((output) => sub(output, target));
  const gradients: Tensor[] = [];
  for (let level = errors.length - 1; level >= 0; level--) {
    const own = mul(errors[level] as Tensor, scale * (weights[level] as number));
    const above = gradients[0];
    gradients.unshift(above ? add(own, above) : own);
  }
  return {
    output: outputs.at(-1) as Tensor,
    error: errors.at(-1) as Tensor,
    gradients,
    value: () =>
      errors
        .map((error, level) => mul(sum(square(error)), (scale / 2) * (weights[level] as number)))
        .reduce((a, b) => add(a, b)),
  };
}
