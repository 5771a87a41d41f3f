import type { Selection } from "../backend.js";
import { type Pairs, selectAbove, selectLargest } from "../selection.js";
import type { SelectionPlan } from "../selectionPlan.js";
import { matMul, transpose } from "./linear.js";
import type { Dense } from "./values.js";

/** x encoder^T + bias, `[B, Q]`. */
export function preActivations(x: Dense, encoder: Dense, bias?: Dense): Float64Array {
  const [batch, width] = x.shape as [number, number];
  const latents = encoder.shape[0] as number;
  const z = matMul(x.data, transpose(encoder.data, latents, width), batch, width, latents);
  return bias === undefined ? z : z.map((v, j) => v + (bias.data[j % latents] as number));
}

/** The pairs of a selection. */
export function selectPairs(z: Float64Array, plan: SelectionPlan, selection: Selection): Pairs {
  if (selection.kind !== "threshold") return selectLargest(z, plan);
  const { theta, margin = 0 } = selection;
  return selectAbove(z, plan, typeof theta === "number" ? theta : (theta as Dense).data, margin);
}

/** The numbers of a `[B, Q]` at the pairs. */
export function pick(z: Float64Array, { offsets, latents }: Pairs, width: number): Float64Array {
  const out = new Float64Array(latents.length);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++) {
      out[n] = z[b * width + (latents[n] as number)] as number;
    }
  }
  return out;
}
