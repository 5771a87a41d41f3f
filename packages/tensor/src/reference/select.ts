import { type Pairs, selectAbove, selectLargest } from "../selection.js";
import type { SelectionPlan } from "../selectionPlan.js";
import { matMul, transpose } from "./linear.js";
import { type Dense, dataOf } from "./values.js";

/** x encoder^T + bias, `[B, Q]`. */
export function preActivations(x: Dense, encoder: Dense, bias?: Dense): Float64Array {
  const [batch, width] = x.shape as [number, number];
  const latents = encoder.shape[0] as number;
  const z = matMul(x.data, transpose(encoder.data, latents, width), batch, width, latents);
  return bias === undefined ? z : z.map((v, j) => v + (bias.data[j % latents] as number));
}

/** The pairs of a selection. */
export function selectPairs(z: Float64Array, plan: SelectionPlan): Pairs {
  const { selection } = plan;
  if (selection.kind !== "threshold") return selectLargest(z, plan);
  const { theta, margin = 0 } = selection;
  return selectAbove(z, plan, typeof theta === "number" ? theta : dataOf(theta), margin);
}
