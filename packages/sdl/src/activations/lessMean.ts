import type { LatentVector } from "../arrays.js";
import type { Weights } from "../model.js";
import type { Activation } from "./table.js";
import { kindOf } from "./table.js";

/**
 * The vectors of an activation once the encoder reads x instead of x - m: what adds to u = <encoder_i, x> loses <encoder_i, m>.
 *
 * @param weights - of a dictionary that read x - m
 * @param encoder - rows that read x, `[Q, P]`
 * @param mean - m `[P]`
 */
export function lessMean(
  activation: Activation,
  weights: Weights,
  encoder: Float32Array | Float64Array,
  mean: Float32Array | Float64Array,
): Partial<Weights> {
  const moved = Object.entries(kindOf(activation).vectors).flatMap(([name, rule]) => {
    const vector = weights[name as LatentVector];
    const less = (value: number, i: number): number =>
      value - rowTimes(encoder, i, mean) * (rule.addsTo?.(weights, i) ?? 0);
    return vector && rule.addsTo ? [[name, vector.map(less)] as const] : [];
  });
  return Object.fromEntries(moved);
}

/** Inner product of row i of `[N, P]` with a vector `[P]`. */
export function rowTimes(rows: Float32Array | Float64Array, i: number, vector: Float32Array | Float64Array): number {
  const start = i * vector.length;
  let sum = 0;
  for (let d = 0; d < vector.length; d++) sum += (rows[start + d] as number) * (vector[d] as number);
  return sum;
}
