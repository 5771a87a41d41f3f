import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Binary, Unary } from "../backend.js";
import type { Engine } from "./engine.js";

/** a b of matrices; on wasm the transposes come first, since its product with a transpose flag takes a scalar path. */
export function matMul(engine: Engine, a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor2D {
  const { tf, name } = engine;
  if (name !== "wasm") return tf.matMul(a as Tensor2D, b as Tensor2D, transposeA, transposeB);
  const [left, right] = [transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b];
  return tf.matMul(left as Tensor2D, right as Tensor2D);
}

/** Elementwise function. */
export function unary(engine: Engine, op: Unary, a: Tensor): Tensor {
  const { tf } = engine;
  return op === "step" ? step(engine, a) : tf[op](a);
}

/** Elementwise operator with the broadcasting of tfjs. */
export function binary({ tf }: Engine, op: Binary, a: Tensor, b: Tensor | number): Tensor {
  switch (op) {
    case "min":
      return tf.minimum(a, b);
    case "max":
      return tf.maximum(a, b);
    case "div":
      return divide(tf, a, b);
    default:
      return tf[op](a, b);
  }
}

/** 1 where a > 0, else 0. */
export function step({ tf, name }: Engine, a: Tensor): Tensor {
  return name === "tensorflow" ? tf.cast(tf.greater(a, 0), "float32") : tf.step(a);
}

/** Sum over the rows of a `[B, D]`: `[D]`. On wasm a product with ones, since its sum over rows transposes first. */
export function sumRows({ tf, name }: Engine, a: Tensor): Tensor {
  const [rows, width] = a.shape as [number, number];
  if (name !== "wasm") return tf.sum(a, 0);
  return tf.reshape(tf.matMul(tf.ones([1, rows]) as Tensor2D, a as Tensor2D), [width]);
}

/** Euclidean norm of each row `[Q]`, or of each column block of each row `[Q, m]`. */
export function rowNorms({ tf }: Engine, rows: Tensor, blocks?: readonly number[]): Tensor {
  if (blocks === undefined) return tf.sqrt(tf.sum(tf.square(rows), 1));
  const count = rows.shape[0] as number;
  let start = 0;
  const norms = blocks.map((width) => {
    const block = tf.slice(rows, [0, start], [count, width]);
    start += width;
    return tf.sqrt(tf.sum(tf.square(block), 1));
  });
  return tf.stack(norms, 1);
}

/** a / b, 0 where b is 0. */
function divide(tf: Engine["tf"], a: Tensor, b: Tensor | number): Tensor {
  if (typeof b === "number") return b === 0 ? tf.zerosLike(a) : tf.div(a, b);
  const nonzero = tf.step(tf.abs(b));
  return tf.mul(tf.div(a, tf.add(b, tf.sub(1, nonzero))), nonzero);
}
