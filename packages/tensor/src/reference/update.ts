import type { AdamStep, RowGradient, SupportBlock, Update } from "../backend.js";
import { isList } from "../checks.js";
import { addRow, addRowSums, dotRows } from "../pairKernels.js";
import { blockNorms } from "./linear.js";
import { type Dense, type DenseParameter, dataOf, type RowEntries } from "./values.js";

/** The gradient of one update before projection, row-major. */
export function gradientOf({ gradient, parameter, support }: Update): Float64Array {
  const value = parameter.value as Dense;
  const whole = "from" in gradient ? rowGradient(gradient, value) : dataOf(gradient).slice();
  if (support !== undefined) clearOutside(whole, support, value.shape[1] as number);
  return whole;
}

function clearOutside(rows: Float64Array, support: readonly SupportBlock[], width: number): void {
  let start = 0;
  for (const { rows: count, from, to } of support) {
    for (const end = start + count * width; start < end; start += width) {
      rows.fill(0, start, start + from).fill(0, start + to, start + width);
    }
  }
}

function rowGradient({ from, scale, blocks, anchors }: RowGradient, value: Dense): Float64Array {
  const width = value.shape[1] as number;
  const out = new Float64Array(value.data.length);
  for (const { coefficients, rows } of from) {
    const { of, data } = coefficients as RowEntries;
    const byLevel = isList(rows) ? rows : Array.from({ length: of.levels }, () => rows);
    addRowSums(of, data, byLevel.map(dataOf), width, out);
  }
  if (scale !== undefined) {
    addScaled(out, value, typeof scale === "number" ? scale : (scale as Dense), blocks ?? [width]);
  }
  if (anchors !== undefined) {
    const data = dataOf(anchors.rows);
    for (let j = 0; j < data.length; j++) {
      const pull = 2 * anchors.strength * ((value.data[j] as number) - (data[j] as number));
      out[j] = (out[j] as number) + pull;
    }
  }
  return out;
}

function addScaled(out: Float64Array, value: Dense, scale: number | Dense, blocks: readonly number[]): void {
  const width = value.shape[1] as number;
  for (let i = 0; i < (value.shape[0] as number); i++) {
    let start = i * width;
    blocks.forEach((block, s) => {
      const factor = typeof scale === "number" ? scale : (scale.data[i * blocks.length + s] as number);
      addRow(out, start, factor, value.data, start, block);
      start += block;
    });
  }
}

/** Removes from each gradient row its part along the row of the parameter: g - <g, w> w. */
export function project(gradient: Float64Array, { data, shape }: Dense): void {
  const width = shape[1] as number;
  for (let i = 0; i < gradient.length; i += width) {
    addRow(gradient, i, -dotRows(gradient, i, data, i, width), data, i, width);
  }
}

/** Adam on one parameter, then its bound and its unit rows; the gradient is multiplied by `factor` first. */
export function adam(update: Update, gradient: Float64Array, factor: number, step: AdamStep): Float64Array {
  const { value, first, second } = update.parameter as DenseParameter;
  const { t, lr, beta1, beta2, epsilon } = step;
  const [correction1, correction2] = [1 - beta1 ** t, 1 - beta2 ** t];
  const out = Float64Array.from(value.data, (w, j) => {
    const g = factor * (gradient[j] as number);
    const m = beta1 * (first[j] as number) + (1 - beta1) * g;
    const v = beta2 * (second[j] as number) + (1 - beta2) * g * g;
    first[j] = m;
    second[j] = v;
    const next = w - (lr * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon);
    return update.minimum === undefined ? next : Math.max(update.minimum, next);
  });
  if (update.unitRows === true) renormalise(out, value.shape[1] as number);
  return out;
}

/** Divides each row by its norm; rows of zeros stay. */
function renormalise(rows: Float64Array, width: number): void {
  blockNorms(rows, [width]).forEach((norm, i) => {
    if (norm === 0) return;
    for (let j = i * width; j < (i + 1) * width; j++) rows[j] = (rows[j] as number) / norm;
  });
}
