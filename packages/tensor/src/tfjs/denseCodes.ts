import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { SparseRows } from "../backend.js";
import { matMul, step, sumRows } from "./arithmetic.js";
import type { Engine } from "./engine.js";
import type { CodeKernels, TfEntries } from "./values.js";

/** Masks of dense codes `[B, Q]`: made when they are first needed, freed with the codes. */
export interface DenseMasks {
  /** 1 at the pairs of a level, or of all levels where it is undefined. */
  readonly make: (level?: number) => Tensor;
  /** Frees what the masks are made from. */
  readonly free?: () => void;
}

/** Columns of a level, and whether the level has a mask of its own. */
interface Band {
  /** First latent. */
  readonly start: number;
  /** Number of latents. */
  readonly width: number;
  /** Level of the mask, where levels go by rank. */
  readonly level?: number;
}

/**
 * Codes as `[B, Q]` matrices: products are dense and what they give elsewhere is masked when a consumer would see it.
 *
 * Prefix levels are bands of columns, levels by rank have a mask each.
 */
export function denseCodes(
  engine: Engine,
  batch: number,
  latents: number,
  levels: number,
  masks: DenseMasks,
  prefixes?: readonly number[],
): CodeKernels {
  const { tf } = engine;
  const made = new Map<number | undefined, Tensor>();
  const mask = (level?: number): Tensor => {
    const known = made.get(level);
    if (known !== undefined) return known;
    const fresh = tf.keep(tf.tidy(() => masks.make(level)));
    made.set(level, fresh);
    return fresh;
  };
  const bands = prefixes === undefined ? rankBands(levels, latents) : prefixBands(prefixes);
  const masked = ({ t, clean }: TfEntries): Tensor => (clean ? t : tf.mul(t, mask()));
  const columns = (t: Tensor, { start, width }: Band): Tensor =>
    width === latents ? t : tf.slice(t, [0, start], [batch, width]);
  const rowsOf = (t: Tensor, { start, width }: Band): Tensor =>
    width === latents ? t : tf.slice(t, [start, 0], [width, t.shape[1] as number]);
  const partOf = (values: Tensor, band: Band): Tensor =>
    band.level === undefined ? columns(values, band) : tf.mul(values, mask(band.level));

  return {
    atLatents: (perLatent) => tf.reshape(perLatent, [1, latents]),
    masked,
    decode: (values, decoder) => {
      const t = masked(values);
      return bands.map((band) => matMul(engine, partOf(t, band), rowsOf(decoder, band)));
    },
    dot: (errors, decoder) => {
      const products = bands.map((band, l) => {
        const product = matMul(engine, errors[l] as Tensor, rowsOf(decoder, band), false, true);
        return band.level === undefined ? product : tf.mul(product, mask(band.level));
      });
      return prefixes === undefined ? sumOf(engine, products) : concat(engine, products);
    },
    rowSums: (values, rows) => {
      const t = masked(values);
      // Transposing y and the result moves fewer numbers than transposing the [B, Q] codes.
      const products = bands.map((band, l) => matMul(engine, rows[l] as Tensor, partOf(t, band), true)); // [D, Q]
      return tf.transpose(prefixes === undefined ? sumOf(engine, products) : concat(engine, products));
    },
    sumByLatent: (values) => sumRows(engine, masked(values)),
    lastActive: (values) => {
      const t = masked(values);
      const numbers = tf.reshape(tf.range(1, batch + 1), [batch, 1]);
      return tf.max(tf.mul(step(engine, tf.abs(t)), numbers), 0);
    },
    read: async (values) => {
      const t = tf.tidy(() => tf.clone(masked(values)));
      const numbers = (await t.data()) as Float32Array;
      t.dispose();
      return compress(numbers, batch, latents);
    },
    free: () => {
      for (const t of made.values()) t.dispose();
      made.clear();
      masks.free?.();
    },
  };
}

function rankBands(levels: number, latents: number): Band[] {
  if (levels === 1) return [{ start: 0, width: latents }];
  return Array.from({ length: levels }, (_, level) => ({ start: 0, width: latents, level }));
}

function prefixBands(prefixes: readonly number[]): Band[] {
  return prefixes.map((end, l) => {
    const start = l === 0 ? 0 : (prefixes[l - 1] as number);
    return { start, width: end - start };
  });
}

function sumOf({ tf }: Engine, parts: readonly Tensor[]): Tensor {
  return parts.reduce((sum, part) => tf.add(sum, part));
}

function concat({ tf }: Engine, parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? (parts[0] as Tensor) : tf.concat([...parts] as Tensor2D[], 1);
}

function compress(numbers: Float32Array, batch: number, latents: number): SparseRows {
  const offsets = new Int32Array(batch + 1);
  const found: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < latents; i++) if (numbers[b * latents + i] !== 0) found.push(b * latents + i);
    offsets[b + 1] = found.length;
  }
  return {
    offsets,
    latents: Int32Array.from(found, (p) => p % latents),
    values: Float32Array.from(found, (p) => numbers[p] as number),
  };
}
