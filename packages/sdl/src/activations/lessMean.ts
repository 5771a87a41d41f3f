import type { Weights } from "../model.js";
import { movedVectors } from "./movedVectors.js";
import type { Activation } from "./table.js";

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
  return movedVectors(activation, weights, (value, i, gain) => value - rowTimes(encoder, i, mean) * gain);
}

/** Inner product of row i of `[N, P]` with a vector `[P]`. */
export function rowTimes(rows: Float32Array | Float64Array, i: number, vector: Float32Array | Float64Array): number {
  const start = i * vector.length;
  let sum = 0;
  for (let d = 0; d < vector.length; d++) sum += (rows[start + d] as number) * (vector[d] as number);
  return sum;
}
