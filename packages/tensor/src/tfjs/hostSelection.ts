import type { Tensor } from "@tensorflow/tfjs-core";
import type { Selection, SelectOptions } from "../backend.js";
import { type Numbers, type Pairs, selectAbove, selectAmong, selectLargest } from "../selection.js";
import type { SelectionPlan } from "../selectionPlan.js";

/** Pairs that were selected on the host, and a `[B, Q]` with their pre-activations, 0 elsewhere. */
export interface HostPairs {
  /** The pairs. */
  readonly pairs: Pairs;
  /** Pre-activations, row-major. */
  readonly pre: Float32Array;
}

/** The selections from one product. */
export interface HostSelection extends HostPairs {
  /** The auxiliary selection, where it was asked for. */
  readonly auxiliary?: HostPairs;
  /** The smallest positive selected pre-activation; 0 if none is positive. */
  readonly smallest: number;
}

/**
 * Selects on the host, where the engine's tensors live anyway (cpu, wasm). With {@link lastActiveOnHost} the only reader of tensors
 * inside a step: tf.topk makes an object per number and drops NaN.
 *
 * @param z - pre-activations `[B, Q]`
 */
export function selectOnHost(
  z: Tensor,
  plan: SelectionPlan,
  selection: Selection,
  options: SelectOptions,
): HostSelection {
  const numbers = z.dataSync() as Float32Array;
  const chosen = withPre(numbers, choose(numbers, plan, selection), plan);
  const { auxiliary } = options;
  if (auxiliary === undefined) return chosen;
  const among = (auxiliary.among as Tensor).dataSync() as Float32Array;
  return { ...chosen, auxiliary: withPre(numbers, selectAmong(numbers, plan, among, auxiliary.k), plan) };
}

/** 1 + the last sample in which each latent is not 0, `[Q]`; 0 where it never is. */
export function lastActiveOnHost(values: Tensor, { offsets, latents }: Pairs): Float32Array {
  const [batch, count] = values.shape as [number, number];
  const numbers = values.dataSync();
  const last = new Float32Array(count);
  for (let b = 0; b < batch; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++) {
      const i = latents[n] as number;
      if (numbers[b * count + i] !== 0) last[i] = b + 1;
    }
  }
  return last;
}

/** A `[B, Q]` with 1 at the pairs of a level (of all levels where it is undefined), 0 elsewhere. */
export function maskOnHost({ offsets, latents, levels }: Pairs, width: number, level?: number): Float32Array {
  const mask = new Float32Array((offsets.length - 1) * width);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++) {
      if (level === undefined || levels?.[n] === level) mask[b * width + (latents[n] as number)] = 1;
    }
  }
  return mask;
}

function choose(z: Numbers, plan: SelectionPlan, selection: Selection): Pairs {
  if (selection.kind !== "threshold") return selectLargest(z, plan);
  const { theta, margin = 0 } = selection;
  const bounds = typeof theta === "number" ? theta : ((theta as Tensor).dataSync() as Float32Array);
  return selectAbove(z, plan, bounds, margin);
}

function withPre(z: Float32Array, pairs: Pairs, { batch, latents }: SelectionPlan): HostSelection {
  const pre = new Float32Array(batch * latents);
  let smallest = Number.POSITIVE_INFINITY;
  for (let b = 0; b < batch; b++) {
    for (let n = pairs.offsets[b] as number; n < (pairs.offsets[b + 1] as number); n++) {
      const at = b * latents + (pairs.latents[n] as number);
      const v = z[at] as number;
      pre[at] = v;
      if (v > 0 && v < smallest) smallest = v;
    }
  }
  return { pairs, pre, smallest: smallest === Number.POSITIVE_INFINITY ? 0 : smallest };
}
