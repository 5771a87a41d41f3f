import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { ThresholdSelection } from "../backend.js";
import type { SelectionPlan } from "../selectionPlan.js";
import { step } from "./arithmetic.js";
import type { DenseMasks } from "./denseCodes.js";
import type { Engine } from "./engine.js";
import type { PairList } from "./pairCodes.js";

/** Larger than every pre-activation that counts. */
const HUGE = 3e38;

/** Pairs that were selected on the device. */
export interface DevicePairs {
  /** The list; its tensors are kept until the codes are freed. */
  readonly list: PairList;
  /** Pre-activations `[count]`, 0 where the pair is not stored. */
  readonly pre: Tensor;
}

/**
 * The largest of each span of z `[B, Q]`; topk puts the lower index first among equals.
 *
 * topk drops NaN, so that a z with a NaN anywhere makes every pre-activation NaN: then it reaches the loss.
 */
export function selectPairs(engine: Engine, z: Tensor, plan: SelectionPlan): DevicePairs {
  const { tf } = engine;
  const { batch, latents, levels, span, counts, prefixes, signed } = plan;
  const limit = counts.at(-1) as number;
  const perSpan = { batch, latents, levels, signed, limit, k: Math.max(limit, 1) };
  const { list, pre } = topPairs(engine, tf.reshape(z, [z.size / span, span]), perSpan);
  const pairs = { list, pre: tf.add(pre, tf.mul(tf.sum(z), 0)) };
  return withLevels(engine, pairs, prefixes, (p) => counts.findIndex((count) => p % limit < count));
}

/** Per row the k largest positive z among the latents whose mark `[Q]` is not 0. */
export function selectPairsAmong(
  engine: Engine,
  z: Tensor,
  { batch, latents }: SelectionPlan,
  among: Tensor,
  k: number,
): DevicePairs {
  const marked = engine.tf.mul(engine.tf.relu(z), step(engine, engine.tf.abs(among)));
  return topPairs(engine, marked, { batch, latents, levels: 1, k: Math.max(k, 1), signed: false, limit: k });
}

/** 1 where z > theta - margin, `[B, Q]`. */
export function thresholdMask({ tf }: Engine, z: Tensor, { theta, margin = 0 }: ThresholdSelection): Tensor {
  const bound = typeof theta === "number" ? tf.scalar(theta - margin) : tf.sub(theta as Tensor, margin);
  return tf.cast(tf.greater(z, bound), "float32");
}

/** The smallest positive number of a list, a scalar; 0 if none is positive. */
export function smallestPositive(engine: Engine, values: Tensor): Tensor {
  const { tf } = engine;
  const positive = step(engine, values);
  const least = tf.min(tf.add(tf.mul(values, positive), tf.mul(tf.sub(1, positive), HUGE)));
  return tf.mul(least, step(engine, tf.sub(HUGE, least)));
}

/** Dense masks of a list of pairs. */
export function masksOfPairs({ tf }: Engine, list: PairList): DenseMasks {
  return {
    make: (level) => {
      const stored = list.stored ?? tf.ones([list.count]);
      return scatter(tf, list, level === undefined ? stored : tf.mul(stored, list.levelMask(level)));
    },
    free: () => {
      for (const t of [list.latent, list.sample, list.stored]) t?.dispose();
    },
  };
}

/** Numbers of a list of pairs as `[B, Q]`. */
export function scatter(tf: Engine["tf"], { latent, sample, batch, latents }: PairList, numbers: Tensor): Tensor {
  return tf.scatterND(tf.stack([sample, latent], 1) as Tensor2D, numbers, [batch, latents]);
}

interface TopPairs {
  readonly batch: number;
  readonly latents: number;
  readonly levels: number;
  /** Pairs that are taken from each span. */
  readonly k: number;
  readonly signed: boolean;
  /** Pairs of each span that count, where fewer than k. */
  readonly limit?: number;
}

/** The k largest of each row of z `[B Q / span, span]`: z `[B, Q]` by spans. */
function topPairs(engine: Engine, z: Tensor, options: TopPairs): DevicePairs {
  const { tf } = engine;
  const { batch, latents, levels, k, signed, limit = k } = options;
  const [spans, span] = z.shape as [number, number];
  const count = spans * k;
  const { values, indices } = tf.topk(z, k, true);
  const numbers = tf.reshape(values, [count]);
  const stored = limit === 0 ? tf.zeros([count]) : step(engine, numbers);
  return {
    pre: signed ? numbers : tf.mul(numbers, stored),
    list: {
      batch,
      latents,
      levels,
      count,
      ...(span > latents ? placesInBatch(tf, indices, latents) : placesInRows(tf, indices, spans / batch, span)),
      ...(!signed && { stored }),
      levelMask: () => tf.ones([count]),
    },
  };
}

type Places = Pick<PairList, "perSample" | "sample" | "latent">;

/** Where indices into the whole batch point to. */
function placesInBatch(tf: Engine["tf"], indices: Tensor, latents: number): Places {
  const at = tf.reshape(indices, [indices.size]);
  const sample = tf.floorDiv(at, tf.scalar(latents, "int32"));
  return { sample, latent: tf.sub(at, tf.mul(sample, tf.scalar(latents, "int32"))) };
}

/** Where indices into spans point to, of which every row has as many. */
function placesInRows(tf: Engine["tf"], indices: Tensor, perRow: number, span: number): Places {
  const [spans, k] = indices.shape as [number, number];
  const starts = Int32Array.from({ length: spans }, (_, s) => (s % perRow) * span);
  return {
    perSample: perRow * k,
    sample: tf.tensor1d(repeated(spans / perRow, perRow * k)),
    latent: tf.reshape(tf.add(indices, tf.tensor2d(starts, [spans, 1], "int32")), [spans * k]),
  };
}

function withLevels(
  { tf }: Engine,
  pairs: DevicePairs,
  prefixes: readonly number[] | undefined,
  rankLevel: (p: number) => number,
): DevicePairs {
  const { count, latent } = pairs.list;
  const byRank = (level: number) =>
    tf.tensor1d(Float32Array.from({ length: count }, (_, p) => (rankLevel(p) === level ? 1 : 0)));
  const byPrefix = (ends: readonly number[], level: number) => {
    const start = level === 0 ? 0 : (ends[level - 1] as number);
    const from = tf.greaterEqual(latent, tf.scalar(start, "int32"));
    return tf.cast(tf.logicalAnd(from, tf.less(latent, tf.scalar(ends[level] as number, "int32"))), "float32");
  };
  const levelMask = (level: number): Tensor => (prefixes === undefined ? byRank(level) : byPrefix(prefixes, level));
  return { ...pairs, list: { ...pairs.list, levelMask } };
}

/** 0, ..., 0, 1, ..., 1, ..., each `times` times. */
function repeated(count: number, times: number): Int32Array {
  const out = new Int32Array(count * times);
  for (let b = 0; b < count; b++) out.fill(b, b * times, (b + 1) * times);
  return out;
}
