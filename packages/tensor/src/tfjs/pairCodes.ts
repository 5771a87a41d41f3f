import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import type { SparseRows } from "../backend.js";
import { step } from "./arithmetic.js";
import type { Engine } from "./engine.js";
import type { CodeKernels, TfEntries } from "./values.js";

/** The pairs that {@link pairCodes} works on; it owns these tensors. */
export interface PairList {
  /** Samples, B. */
  readonly batch: number;
  /** Latents, Q. */
  readonly latents: number;
  /** Levels of the codes. */
  readonly levels: number;
  /** Number of pairs, with those that are not stored. */
  readonly count: number;
  /** Pairs per sample where every sample has the same number: pair p belongs to sample floor(p / perSample). */
  readonly perSample?: number;
  /** Latent of each pair, int32 `[count]`. */
  readonly latent: Tensor;
  /** Sample of each pair, int32 `[count]`. */
  readonly sample: Tensor;
  /** 1 for stored pairs, 0 for those that only fill the list `[count]`; absent where all are stored. */
  readonly stored?: Tensor;
  /** Makes a `[count]` with 1 for the pairs of a level. */
  readonly levelMask: (level: number) => Tensor;
}

/** Codes as a list of pairs: decoder rows are gathered once for `decode` and `dot`, gradients are sums by segment. */
export function pairCodes(engine: Engine, list: PairList): CodeKernels {
  const { tf } = engine;
  const { batch, latents, levels, count, perSample, latent, sample, stored } = list;
  const masks = new Map<number, Tensor>();
  const gathered: { decoder?: Tensor; rows?: Tensor } = {};

  const mask = (level: number): Tensor => {
    const known = masks.get(level);
    if (known !== undefined) return known;
    const fresh = tf.keep(tf.tidy(() => list.levelMask(level)));
    masks.set(level, fresh);
    return fresh;
  };
  const rowsAt = (decoder: Tensor): Tensor => {
    if (gathered.decoder !== decoder) {
      gathered.rows?.dispose();
      gathered.rows = tf.keep(tf.gather(decoder, latent as Tensor1D)); // [count, R]
      gathered.decoder = decoder;
    }
    return gathered.rows as Tensor;
  };
  const masked = ({ t, clean }: TfEntries): Tensor => (clean || stored === undefined ? t : tf.mul(t, stored));
  const atLevel = (t: Tensor, level: number): Tensor => (levels === 1 ? t : tf.mul(t, mask(level)));
  const eachLevel = <T>(make: (level: number) => T): T[] => Array.from({ length: levels }, (_, level) => make(level));
  const column = (t: Tensor): Tensor => tf.reshape(t, [count, 1]);
  const bySample = (t: Tensor): Tensor => tf.gather(t, sample as Tensor1D);
  const byLatent = (t: Tensor): Tensor => tf.unsortedSegmentSum(t, latent as Tensor1D, latents);
  /** Values of each level side by side: [B, L, K], or [B, K, L] with axis 2. */
  const stacked = (t: Tensor, k: number, axis: 1 | 2): Tensor3D =>
    tf.stack(
      eachLevel((l) => tf.reshape(atLevel(t, l), [batch, k])),
      axis,
    ) as Tensor3D;
  const listed = (t: Tensor, k: number): Tensor3D => tf.reshape(t, [batch, k, t.shape[1] as number]);

  const uniform = (k: number): Pick<CodeKernels, "decode" | "dot" | "rowSums"> => ({
    decode: (values, decoder) => {
      const sums = tf.matMul(stacked(masked(values), k, 1), listed(rowsAt(decoder), k)); // [B, L, R]
      return levels === 1 ? [tf.reshape(sums, [batch, decoder.shape[1] as number])] : tf.unstack(sums, 1);
    },
    dot: (errors, decoder) => {
      const products = tf.matMul(listed(rowsAt(decoder), k), tf.stack([...errors], 2) as Tensor3D); // [B, K, L]
      if (levels === 1) return tf.reshape(products, [count]);
      return tf.reshape(tf.sum(tf.mul(products, stacked(tf.ones([count]), k, 2)), 2), [count]);
    },
    rowSums: (values, rows) => {
      const width = (rows[0] as Tensor).shape[1] as number;
      const weighted =
        levels === 1
          ? tf.mul(tf.reshape(masked(values), [batch, k, 1]), tf.reshape(rows[0] as Tensor, [batch, 1, width]))
          : tf.matMul(stacked(masked(values), k, 2), tf.stack([...rows], 1) as Tensor3D); // [B, K, D]
      return byLatent(tf.reshape(weighted, [count, width]));
    },
  });
  const uneven: Pick<CodeKernels, "decode" | "dot" | "rowSums"> = {
    decode: (values, decoder) => {
      const t = masked(values);
      const sumAt = (l: number) =>
        tf.unsortedSegmentSum(tf.mul(rowsAt(decoder), column(atLevel(t, l))), sample as Tensor1D, batch);
      return eachLevel(sumAt);
    },
    dot: (errors, decoder) =>
      eachLevel((l) => atLevel(tf.sum(tf.mul(rowsAt(decoder), bySample(errors[l] as Tensor)), 1), l)).reduce((a, b) =>
        tf.add(a, b),
      ),
    rowSums: (values, rows) => {
      const t = masked(values);
      const weighted = eachLevel((l) => tf.mul(bySample(rows[l] as Tensor), column(atLevel(t, l))));
      return byLatent(weighted.reduce((a, b) => tf.add(a, b)));
    },
  };

  return {
    ...(perSample === undefined ? uneven : uniform(perSample)),
    masked,
    atLatents: (perLatent) => tf.gather(perLatent, latent as Tensor1D),
    sumByLatent: (values) => byLatent(masked(values)),
    lastActive: (values) => {
      const active = step(engine, tf.abs(masked(values)));
      const numbers = tf.mul(active, tf.add(tf.cast(sample, "float32"), 1));
      if (engine.native !== undefined) return tf.maximum(engine.native.segmentMax(numbers, latent, latents), 0);
      const at = tf.stack([sample, latent], 1) as Tensor2D;
      return tf.max(tf.scatterND(at, numbers, [batch, latents]), 0);
    },
    read: async (values) => {
      const t = tf.tidy(() => tf.clone(masked(values)));
      const [numbers, samples, columns] = await Promise.all([t.data(), sample.data(), latent.data()]);
      t.dispose();
      return compress(numbers as Float32Array, samples as Int32Array, columns as Int32Array, batch);
    },
    free: () => {
      for (const t of [...masks.values(), latent, sample, stored, gathered.rows]) t?.dispose();
      masks.clear();
      delete gathered.decoder;
    },
  };
}

function compress(numbers: Float32Array, samples: Int32Array, columns: Int32Array, batch: number): SparseRows {
  const order = Array.from(numbers.keys()).filter((p) => numbers[p] !== 0);
  const key = (p: number, at: Int32Array) => at[p] as number;
  order.sort((p, q) => key(p, samples) - key(q, samples) || key(p, columns) - key(q, columns));
  const offsets = new Int32Array(batch + 1);
  for (const p of order) offsets[key(p, samples) + 1] = (offsets[key(p, samples) + 1] as number) + 1;
  for (let b = 0; b < batch; b++) offsets[b + 1] = (offsets[b + 1] as number) + (offsets[b] as number);
  return {
    offsets,
    latents: Int32Array.from(order, (p) => columns[p] as number),
    values: Float32Array.from(order, (p) => numbers[p] as number),
  };
}
