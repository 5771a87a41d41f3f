import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { AdamStep, RowGradient, SupportBlock, Update } from "../backend.js";
import { isList } from "../checks.js";
import type { Engine } from "./engine.js";
import type { TfParameter } from "./parameter.js";
import { entriesOf, tensorOf } from "./values.js";

/** One optimiser step of all parameters without reading back; returns the global gradient norm where it was asked for. */
export function update(engine: Engine, updates: readonly Update[], step: AdamStep): Scalar | undefined {
  const { tf } = engine;
  return tf.tidy(() => {
    const gradients = updates.map((one) => tf.tidy(() => projected(engine, one, gradientOf(engine, one))));
    const needsNorm = step.clip !== undefined || step.norm === true;
    const norm = needsNorm ? globalNorm(engine, gradients) : undefined;
    const factor = norm && step.clip !== undefined ? tf.minimum(tf.div(step.clip, norm), 1) : undefined;
    updates.forEach((one, i) => {
      tf.tidy(() => {
        const gradient = gradients[i] as Tensor;
        const scaled = factor === undefined ? gradient : tf.mul(gradient, factor);
        (one.parameter as TfParameter).adam(scaled, step, finishOf(engine, one));
      });
      gradients[i]?.dispose();
    });
    return step.norm === true ? norm : undefined;
  }) as Scalar | undefined;
}

function gradientOf(engine: Engine, { gradient, parameter, support }: Update): Tensor {
  const whole = "from" in gradient ? rowGradient(engine, gradient, tensorOf(parameter.value)) : tensorOf(gradient);
  return support === undefined ? whole : within(engine, whole, support);
}

/** The numbers in the blocks of a support, zeros elsewhere. */
function within({ tf }: Engine, whole: Tensor, support: readonly SupportBlock[]): Tensor {
  const width = whole.shape[1] as number;
  let start = 0;
  const blocks = support.map(({ rows, from, to }) => {
    const block = tf.slice(whole, [start, from], [rows, to - from]);
    start += rows;
    return tf.pad(block, [
      [0, 0],
      [from, width - to],
    ]);
  });
  return tf.concat(blocks, 0);
}

function rowGradient({ tf }: Engine, { from, scale, blocks, anchors }: RowGradient, w: Tensor): Tensor {
  const [latents, width] = w.shape as [number, number];
  const parts = from.map(({ coefficients, rows }) => {
    const values = entriesOf(coefficients);
    const { levels, kernels } = values.of;
    const byLevel = isList(rows) ? rows : Array.from({ length: levels }, () => rows);
    return kernels.rowSums(values, byLevel.map(tensorOf));
  });
  if (typeof scale === "number") parts.push(tf.mul(w, scale));
  else if (scale !== undefined) parts.push(scaledBlocks(tf, w, tensorOf(scale), blocks ?? [width]));
  if (anchors !== undefined) {
    const count = anchors.rows.shape[0] as number;
    const away = tf.sub(tf.slice(w, 0, count), tensorOf(anchors.rows));
    parts.push(
      tf.pad(tf.mul(away, 2 * anchors.strength), [
        [0, latents - count],
        [0, 0],
      ]),
    );
  }
  return parts.length === 0 ? tf.zerosLike(w) : parts.reduce((sum, part) => tf.add(sum, part));
}

/** Each column block of each row times its number of the scale `[Q]` or `[Q, m]`. */
function scaledBlocks(tf: Engine["tf"], w: Tensor, scale: Tensor, blocks: readonly number[]): Tensor {
  const latents = w.shape[0] as number;
  const factors = tf.reshape(scale, [latents, blocks.length]);
  let start = 0;
  const scaled = blocks.map((width, s) => {
    const block = tf.slice(w, [0, start], [latents, width]);
    start += width;
    return tf.mul(block, tf.slice(factors, [0, s], [latents, 1]));
  });
  return tf.concat(scaled, 1);
}

/** With unit rows: the gradient without its part along each row. */
function projected({ tf }: Engine, { unitRows, parameter }: Update, gradient: Tensor): Tensor {
  if (unitRows !== true) return gradient;
  const w = parameter.value as Tensor;
  return tf.sub(gradient, tf.mul(w, tf.sum(tf.mul(gradient, w), 1, true)));
}

function globalNorm({ tf }: Engine, gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((g) => tf.sum(tf.square(g)));
  return tf.sqrt(squares.length === 0 ? tf.scalar(0) : squares.reduce((sum, square) => tf.add(sum, square)));
}

/** What happens to a value after its step: the bound, then unit rows (rows of zeros stay). */
function finishOf({ tf }: Engine, { minimum, unitRows }: Update): ((value: Tensor) => Tensor) | undefined {
  if (minimum === undefined && unitRows !== true) return undefined;
  return (value) => {
    const bounded = minimum === undefined ? value : tf.maximum(value, minimum);
    if (unitRows !== true) return bounded;
    const norms = tf.sqrt(tf.sum(tf.square(bounded), 1, true));
    return tf.div(bounded, tf.add(norms, tf.sub(1, tf.step(norms))));
  };
}
