import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Selected, Selection, SelectOptions } from "../backend.js";
import type { Pairs } from "../selection.js";
import type { SelectionPlan } from "../selectionPlan.js";
import { type DenseMasks, denseCodes } from "./denseCodes.js";
import {
  type DevicePairs,
  masksOfPairs,
  scatter,
  selectPairs,
  selectPairsAmong,
  smallestPositive,
  thresholdMask,
} from "./deviceSelection.js";
import type { Engine } from "./engine.js";
import { type HostPairs, lastActiveOnHost, maskOnHost, selectOnHost } from "./hostSelection.js";
import type { Owner } from "./owner.js";
import { pairCodes } from "./pairCodes.js";
import type { TfCodes } from "./values.js";

/** The selections of a plan from x encoder^T + bias. */
export function select(
  engine: Engine,
  make: Owner,
  x: Tensor,
  encoder: Tensor,
  plan: SelectionPlan,
  selection: Selection,
  options: SelectOptions,
): Selected {
  const { tf } = engine;
  const z = tf.tidy(() => tf.keep(preActivations(engine, x, encoder, options.bias as Tensor | undefined)));
  try {
    return engine.onHost
      ? hostSelected(engine, make, z, plan, selection, options)
      : deviceSelected(engine, make, z, plan, selection, options);
  } finally {
    z.dispose();
  }
}

function preActivations({ tf, name }: Engine, x: Tensor, encoder: Tensor, bias?: Tensor): Tensor {
  const transposed = name === "wasm" ? tf.transpose(encoder) : encoder;
  const product = { a: x as Tensor2D, b: transposed as Tensor2D, transposeB: name !== "wasm" };
  return tf.fused.matMul({ ...product, ...(bias && { bias }) });
}

function hostSelected(
  engine: Engine,
  make: Owner,
  z: Tensor,
  plan: SelectionPlan,
  selection: Selection,
  options: SelectOptions,
): Selected {
  const { tf } = engine;
  const shape: [number, number] = [plan.batch, plan.latents];
  const codesOf = ({ pairs, pre }: HostPairs, levels: number, prefixes?: readonly number[]): TfCodes => {
    const masks = hostMasks(engine, pairs, shape);
    const kernels = denseCodes(engine, plan.batch, plan.latents, levels, masks, prefixes);
    return make.codes(plan.batch, plan.latents, levels, kernels, tf.tensor2d(pre, shape));
  };
  const chosen = selectOnHost(z, plan, selection, options);
  return {
    codes: codesOf(chosen, plan.levels, plan.prefixes),
    ...(chosen.auxiliary && { auxiliary: codesOf(chosen.auxiliary, 1) }),
    ...(selection.kind === "batchTopK" && { smallest: make.tensor(() => tf.scalar(chosen.smallest)) }),
  };
}

function hostMasks({ tf }: Engine, pairs: Pairs, shape: [number, number]): DenseMasks {
  return {
    make: (level) => tf.tensor2d(maskOnHost(pairs, shape[1], level), shape),
    lastActive: (values) => tf.tensor1d(lastActiveOnHost(values, pairs)),
  };
}

function deviceSelected(
  engine: Engine,
  make: Owner,
  z: Tensor,
  plan: SelectionPlan,
  selection: Selection,
  options: SelectOptions,
): Selected {
  const { tf } = engine;
  const { batch, latents, levels, prefixes } = plan;
  const codesOf = ({ list, pre }: DevicePairs, levels: number, prefixes?: readonly number[]): TfCodes =>
    engine.pairs
      ? make.codes(batch, latents, levels, pairCodes(engine, list), pre)
      : scatteredCodes(engine, make, { list, pre }, levels, prefixes);
  const { auxiliary } = options;
  const among =
    auxiliary && keepPairs(engine, () => selectPairsAmong(engine, z, plan, auxiliary.among as Tensor, auxiliary.k));
  const extra = among && { auxiliary: codesOf(among, 1) };

  if (selection.kind === "threshold") {
    const mask = tf.tidy(() => thresholdMask(engine, z, selection));
    const masks = { make: () => tf.clone(mask), free: () => mask.dispose() };
    const kernels = denseCodes(engine, batch, latents, levels, masks, prefixes);
    return { codes: make.codes(batch, latents, levels, kernels, tf.mul(z, mask)), ...extra };
  }
  const pairs = keepPairs(engine, () => selectPairs(engine, z, plan));
  const smallest =
    selection.kind === "batchTopK" ? { smallest: make.tensor(() => smallestPositive(engine, pairs.pre)) } : {};
  return { codes: codesOf(pairs, levels, prefixes), ...smallest, ...extra };
}

/** Keeps the tensors of a list of pairs, which its codes will free. */
function keepPairs({ tf }: Engine, body: () => DevicePairs): DevicePairs {
  const made: DevicePairs[] = [];
  tf.tidy(() => {
    const pairs = body();
    const { latent, sample, stored } = pairs.list;
    for (const t of [latent, sample, stored, pairs.pre]) if (t !== undefined) tf.keep(t);
    made.push(pairs);
  });
  return made[0] as DevicePairs;
}

/** Pairs as dense codes, where products are faster than gathering. */
function scatteredCodes(
  engine: Engine,
  make: Owner,
  { list, pre }: DevicePairs,
  levels: number,
  prefixes?: readonly number[],
): TfCodes {
  const { tf } = engine;
  const dense = tf.tidy(() => scatter(tf, list, pre));
  pre.dispose();
  const kernels = denseCodes(engine, list.batch, list.latents, levels, masksOfPairs(engine, list), prefixes);
  return make.codes(list.batch, list.latents, levels, kernels, dense);
}
