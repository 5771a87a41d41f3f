import type { AdamStep, Codes, Entries, Parameter, RowGradient, SupportBlock, Tensor, Update } from "./backend.js";
import { matrixShape, requireBlocks, requireShape, sameShape } from "./shapes.js";

/** Whether a value is entries, not a tensor. */
export function isEntries(a: object): a is Entries {
  return "of" in a;
}

/** Throws unless two sets of entries belong to the same codes. */
export function checkSameCodes(where: string, a: Entries, b: object): void {
  if (!isEntries(b)) throw new TypeError(`${where}: entries need entries or a number, got a tensor; use atLatents`);
  if (a.of !== b.of)
    throw new RangeError(`${where}: both entries must be of the same codes, got two codes; select once`);
}

/** Throws unless b has the shape of a, is a scalar, or is one row of a. */
export function checkBroadcast(where: string, a: Tensor, b: Tensor): void {
  if (isEntries(b))
    throw new TypeError(`${where}: a tensor needs a tensor or a number, got entries; use sum or decode`);
  const row = a.shape.length === 2 ? [a.shape[1] as number] : a.shape;
  if (b.shape.length === 0 || sameShape(a.shape, b.shape) || sameShape(row, b.shape)) return;
  throw new RangeError(
    `${where}: b must have shape [${a.shape}], [${row}] or [], got [${b.shape}]; only scalars and rows are repeated`,
  );
}

/** Shapes of a product: rows, inner size, columns. */
export function checkMatMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): [number, number, number] {
  const [a0, a1] = matrixShape("matMul", "a", a.shape);
  const [b0, b1] = matrixShape("matMul", "b", b.shape);
  const [m, k] = transposeA ? [a1, a0] : [a0, a1];
  const [k2, n] = transposeB ? [b1, b0] : [b0, b1];
  if (k === k2) return [m, k, n];
  throw new RangeError(`matMul: the inner sizes must be equal, got ${k} and ${k2}; check the transpose options`);
}

/** Column blocks of a matrix, by default one. */
export function checkBlocks(where: string, rows: Tensor, blocks?: readonly number[]): readonly number[] {
  const [, width] = matrixShape(where, "rows", rows.shape);
  if (blocks !== undefined) requireBlocks(where, blocks, width);
  return blocks ?? [width];
}

/** Throws unless `start` and `count` lie inside the first axis. */
export function checkRows(t: Tensor, start: number, count: number): void {
  const size = t.shape[0] ?? 0;
  if (Number.isInteger(start) && Number.isInteger(count) && start >= 0 && count > 0 && start + count <= size) return;
  throw new RangeError(`rows: start and count must lie in 0..${size}, got ${start} and ${count}; take fewer rows`);
}

/** Throws unless the decoder has a row per latent, and each error a row per sample; returns the width. */
export function checkDecoder(where: string, codes: Codes, decoder: Tensor, errors?: readonly Tensor[]): number {
  const [, width] = matrixShape(where, "decoder", decoder.shape);
  requireShape(where, "decoder", decoder.shape, [codes.latents, width]);
  if (errors !== undefined) checkLevels(where, "errors", errors, codes, width);
  return width;
}

/** Throws on shapes, kinds or numbers that do not fit; nothing is changed then. */
export function checkUpdates(updates: readonly Update[], step: AdamStep): void {
  if (!Number.isInteger(step.t) || step.t < 1) {
    throw new RangeError(`update: t must be an integer from 1, got ${step.t}; count the steps from 1`);
  }
  const seen = new Set<Parameter>();
  for (const { parameter, gradient, unitRows, support } of updates) {
    if (seen.has(parameter)) {
      throw new RangeError("update: each parameter must be named once, got one twice; sum its sources in one gradient");
    }
    seen.add(parameter);
    const { value } = parameter;
    if ("from" in gradient) checkRowGradient(gradient, value);
    else requireShape("update", "gradient", gradient.shape, value.shape);
    if (unitRows === true) matrixShape("update", "a parameter with unitRows", value.shape);
    if (support !== undefined) checkSupport(support, value);
  }
}

/** Throws unless the blocks hold every row once, and columns that are there. */
function checkSupport(support: readonly SupportBlock[], value: Tensor): void {
  const [rows, columns] = matrixShape("update", "a parameter with a support", value.shape);
  const fits = ({ rows: count, from, to }: SupportBlock): boolean =>
    [count, from, to].every(Number.isInteger) && count > 0 && 0 <= from && from < to && to <= columns;
  if (support.every(fits) && support.reduce((sum, block) => sum + block.rows, 0) === rows) return;
  throw new RangeError(
    `update: support must be blocks of ${rows} rows in all with columns in 0..${columns}, got ${JSON.stringify(support)}; list every row once`,
  );
}

function checkRowGradient({ from, scale, blocks, anchors }: RowGradient, value: Tensor): void {
  const [latents, width] = matrixShape("update", "a parameter with a gradient by rows", value.shape);
  for (const { coefficients, rows } of from) {
    const codes = coefficients.of;
    requireShape("update", "codes of a row source", [codes.latents], [latents]);
    checkLevels("update", "rows", isList(rows) ? rows : Array(codes.levels).fill(rows), codes, width);
  }
  if (blocks !== undefined) requireBlocks("update", blocks, width);
  if (scale !== undefined && typeof scale !== "number") {
    requireShape("update", "scale", scale.shape, blocks === undefined ? [latents] : [latents, blocks.length]);
  }
  if (anchors === undefined) return;
  const [count] = matrixShape("update", "anchors.rows", anchors.rows.shape);
  requireShape("update", "anchors.rows", anchors.rows.shape, [Math.min(count, latents), width]);
}

/** Whether rows come one per level. */
export function isList(rows: Tensor | readonly Tensor[]): rows is readonly Tensor[] {
  return Array.isArray(rows);
}

function checkLevels(where: string, what: string, given: readonly Tensor[], codes: Codes, width: number): void {
  if (given.length !== codes.levels) {
    throw new RangeError(`${where}: ${what} must hold one tensor per level (${codes.levels}), got ${given.length}`);
  }
  for (const t of given) requireShape(where, what, t.shape, [codes.batch, width]);
}

/** Throws unless there is one row (or element) for each of the named latents. */
export function checkSetRows(value: Tensor, latents: Int32Array, rows: Tensor): void {
  const count = value.shape[0] as number;
  requireShape("setRows", "rows", rows.shape, [latents.length, ...value.shape.slice(1)]);
  const outside = latents.find((latent) => latent < 0 || latent >= count);
  if (outside !== undefined) {
    throw new RangeError(`setRows: latents must lie in 0..${count - 1}, got ${outside}; check the indices`);
  }
  if (new Set(latents).size !== latents.length) {
    throw new RangeError("setRows: each latent must be named once, got one twice; drop the repetition");
  }
}
