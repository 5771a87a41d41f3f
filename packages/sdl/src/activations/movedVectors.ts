import type { LatentVector } from "../arrays.js";
import type { Weights } from "../model.js";
import { type Activation, kindOf } from "./table.js";

/**
 * The vectors of an activation that move where u = <encoder_i, x> does, each with what becomes of its entries.
 *
 * @param change - new value of entry i, which is added to `gain` times u
 */
export function movedVectors(
  activation: Activation,
  weights: Weights,
  change: (value: number, i: number, gain: number) => number,
): Partial<Weights> {
  const moved = Object.entries(kindOf(activation).vectors).flatMap(([name, rule]) => {
    const vector = weights[name as LatentVector];
    if (vector === undefined || rule.addsTo === undefined) return [];
    return [[name, vector.map((value, i) => change(value, i, rule.addsTo?.(weights, i) ?? 0))] as const];
  });
  return Object.fromEntries(moved);
}
