import type { Tensor } from "@tensorflow/tfjs-core";
import type { SelectOptions } from "../backend.js";
import { type Pairs, selectAbove, selectAmong, selectLargest } from "../selection.js";
import type { SelectionPlan } from "../selectionPlan.js";
import { numbersOf } from "./hostNumbers.js";

/** The selections from one product. */
export interface HostSelection {
  /** The pairs. */
  readonly pairs: Pairs;
  /** The auxiliary pairs, where they were asked for. */
  readonly auxiliary?: Pairs;
}

/**
 * Selects on the host, where the engine's tensors live anyway (cpu, wasm): tf.topk makes an object per number there and drops NaN.
 *
 * @param z - pre-activations `[B, Q]`
 */
export function selectOnHost(z: Float32Array, plan: SelectionPlan, { auxiliary }: SelectOptions): HostSelection {
  const pairs = choose(z, plan);
  if (auxiliary === undefined) return { pairs };
  return { pairs, auxiliary: selectAmong(z, plan, numbersOf(auxiliary.among as Tensor), auxiliary.k) };
}

/** A `[B, Q]` with 1 at the pairs of a level (of all levels where it is undefined), 0 elsewhere. */
export function maskOf({ offsets, latents, levels }: Pairs, width: number, level?: number): Float32Array {
  const mask = new Float32Array((offsets.length - 1) * width);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++) {
      if (level === undefined || levels?.[n] === level) mask[b * width + (latents[n] as number)] = 1;
    }
  }
  return mask;
}

function choose(z: Float32Array, plan: SelectionPlan): Pairs {
  const { selection } = plan;
  if (selection.kind !== "threshold") return selectLargest(z, plan);
  const { theta, margin = 0 } = selection;
  return selectAbove(z, plan, typeof theta === "number" ? theta : numbersOf(theta as Tensor), margin);
}
