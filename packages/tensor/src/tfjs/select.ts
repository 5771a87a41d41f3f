import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Selected, SelectOptions } from "../backend.js";
import { type PairRows, pick } from "../pairKernels.js";
import type { Pairs } from "../selection.js";
import type { SelectionPlan } from "../selectionPlan.js";
import { denseCodes } from "./denseCodes.js";
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
import { numbersOf } from "./hostNumbers.js";
import { maskOf, selectOnHost } from "./hostSelection.js";
import type { Owner } from "./owner.js";
import { pairCodes } from "./pairCodes.js";
import { rowCodes } from "./rowCodes.js";
import type { TfCodes } from "./values.js";

/** The selections of a plan from x encoder^T + bias. */
export function select(
  engine: Engine,
  make: Owner,
  x: Tensor,
  encoder: Tensor,
  plan: SelectionPlan,
  options: SelectOptions,
): Selected {
  const { tf } = engine;
  const z = tf.tidy(() => tf.keep(preActivations(engine, x, encoder, options.bias as Tensor | undefined)));
  try {
    return engine.onHost
      ? hostSelected(engine, make, z, plan, options)
      : deviceSelected(engine, make, z, plan, options);
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
  product: Tensor,
  plan: SelectionPlan,
  options: SelectOptions,
): Selected {
  const { tf } = engine;
  const { selection, batch, latents, prefixes } = plan;
  const z = numbersOf(product);
  const preOf = (rows: PairRows): Float32Array => {
    const pre = new Float32Array(rows.pairs.latents.length);
    pick(rows, z, pre);
    return pre;
  };
  const codesOf = (pairs: Pairs, levels: number): TfCodes => {
    const rows = { batch, latents, levels, pairs };
    if (pairs.latents.length <= engine.denseAbove * z.length) {
      return make.codes(batch, latents, levels, rowCodes(engine, rows), tf.tensor1d(preOf(rows)));
    }
    const shape: [number, number] = [batch, latents];
    const masks = { make: (level?: number) => tf.tensor2d(maskOf(pairs, latents, level), shape) };
    const kernels = denseCodes(engine, batch, latents, levels, masks, levels > 1 ? prefixes : undefined);
    return make.codes(
      batch,
      latents,
      levels,
      kernels,
      tf.tidy(() => tf.mul(product, masks.make())),
    );
  };
  const chosen = selectOnHost(z, plan, options);
  const smallest = (): number => {
    const least = preOf({ ...plan, pairs: chosen.pairs }).reduce((a, v) => (v > 0 && v < a ? v : a), Infinity);
    return least === Infinity ? 0 : least;
  };
  return {
    codes: codesOf(chosen.pairs, plan.levels),
    ...(chosen.auxiliary && { auxiliary: codesOf(chosen.auxiliary, 1) }),
    ...(selection.kind === "batchTopK" && { smallest: make.tensor(() => tf.scalar(smallest())) }),
  };
}

function deviceSelected(engine: Engine, make: Owner, z: Tensor, plan: SelectionPlan, options: SelectOptions): Selected {
  const { tf } = engine;
  const { selection, batch, latents, levels, prefixes } = plan;
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
