import type { AdamStep, RowGradient, RowSource, SupportBlock, Tensor, Update } from "@monosema/tensor";
import { isList, sizeOf } from "@monosema/tensor/authoring";
import { type Allocate, type Core, structIn, wordsIn } from "./core.js";
import { adamLayout, rowSourceLayout, rowUpdateLayout, supportLayout } from "./generated/layouts.js";
import { addByLatent, isManyByLatent } from "./pairs.js";
import type { EncoderCopies } from "./select/encoderCopies.js";
import { structBytes, writeStruct } from "./struct.js";
import { type DenseParameter, denseOf, entriesOf, type PairCodes, parameterOf } from "./values.js";

/** One parameter's update in blocks of memory. */
interface Prepared {
  readonly parameter: DenseParameter;
  /** The struct of an update by rows; absent where a dense gradient is applied as it is. */
  readonly struct?: number;
  readonly gradient: number;
  readonly chunks: number;
  readonly squares: number;
  readonly minimum: number;
}

/** Rows of one chunk: whole panels of every copy of an encoder. */
const rowsPerChunk = 48;
const numbersPerChunk = 16_384;

/** One optimiser step; returns the norm of the gradient where it was asked for. */
export function update(
  core: Core,
  copies: EncoderCopies,
  updates: readonly Update[],
  step: AdamStep,
): number | undefined {
  const { pool } = core;
  return core.temporary((allocate) => {
    const measured = step.clip !== undefined || step.norm === true;
    const prepared = prepare(core, copies, allocate, updates, measured);
    const norm = measured ? gradientNorm(core, prepared) : undefined;
    const factor = step.clip !== undefined && norm !== undefined && norm > step.clip ? step.clip / norm : 1;
    for (const { parameter, struct, gradient, chunks, minimum } of prepared) {
      const { value, first, second } = parameter;
      const adam = structIn(core, allocate, adamLayout, { ...adamFields(step), factor, minimum });
      if (struct === undefined) {
        const count = sizeOf(value.shape);
        pool.run("updateSpan", chunks, adam, value.pointer, first, second, gradient, count, numbersPerChunk);
        copies.changed(value.pointer, false);
      } else {
        pool.run("updateRows", chunks, struct, adam);
        copies.changed(value.pointer, true);
      }
    }
    return step.norm === true ? norm : undefined;
  });
}

function adamFields({ t, lr, beta1, beta2, epsilon }: AdamStep) {
  const rate = lr / (1 - beta1 ** t);
  return { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, rate, root: 1 / Math.sqrt(1 - beta2 ** t), epsilon };
}

function gradientNorm({ heap, pool }: Core, prepared: readonly Prepared[]): number {
  let total = 0;
  for (const { struct, gradient, chunks, squares, parameter } of prepared) {
    if (struct === undefined) {
      const count = sizeOf(parameter.value.shape);
      pool.run("squareChunk", chunks, gradient, count, numbersPerChunk, squares);
    } else pool.run("gradientSquares", chunks, struct);
    total += heap.f64(squares, chunks).reduce((sum, part) => sum + part, 0);
  }
  return Math.sqrt(total);
}

function prepare(
  core: Core,
  copies: EncoderCopies,
  allocate: Allocate,
  updates: readonly Update[],
  stored: boolean,
): readonly Prepared[] {
  const gradients = updates.map(({ gradient, parameter }) =>
    "from" in gradient
      ? manyGradient(core, allocate, gradient, sizeOf(parameter.value.shape))
      : denseOf(gradient).pointer,
  );
  const lists = updates.map(({ gradient }) => ("from" in gradient ? longestList(gradient) : 0));
  const widths = updates.map(({ parameter }) => parameter.value.shape[1] ?? 1);
  const { pointer, stride } = core.scratch(4 * Math.max(...widths) + 64 + 8 * Math.max(...lists));
  return updates.map((one, i) => {
    const parameter = parameterOf(one.parameter);
    const { value, first, second } = parameter;
    const [rows = 1, width = 1] = value.shape;
    const minimum = one.minimum ?? Number.NEGATIVE_INFINITY;
    const byRows = "from" in one.gradient ? one.gradient : undefined;
    const gradient = gradients[i] as number;
    if (byRows === undefined && one.unitRows !== true && one.support === undefined) {
      const chunks = Math.ceil((rows * width) / numbersPerChunk);
      return { parameter, gradient, chunks, squares: allocate(8 * chunks), minimum };
    }
    const chunks = Math.ceil(rows / rowsPerChunk);
    const squares = allocate(8 * chunks);
    const { scale, blocks = [width], anchors } = byRows ?? {};
    const anchorRows = anchors && denseOf(anchors.rows);
    const struct = structIn(core, allocate, rowUpdateLayout, {
      ...{ value: value.pointer, first, second, rows, width, rowsPerChunk, gradient },
      ...sourcesOf(core, allocate, byRows),
      scaleMode: scale === undefined ? 0 : typeof scale === "number" ? 1 : 2,
      scale: typeof scale === "number" ? scale : 0,
      scales: typeof scale === "object" ? denseOf(scale).pointer : 0,
      ...{ blocks: wordsIn(core, allocate, blocks), blockCount: blocks.length },
      ...{ anchors: anchorRows?.pointer ?? 0, anchored: anchorRows?.shape[0] ?? 0, strength: anchors?.strength ?? 0 },
      supports: supportsIn(core, allocate, one.support ?? [{ rows, from: 0, to: width }]),
      ...{ unitRows: Number(one.unitRows === true), copy: copies.structOf(value.pointer) },
      ...{ scratch: pointer, scratchBytes: stride, squares, stored: stored ? allocate(4 * rows * width) : 0 },
    });
    return { parameter, struct, gradient, chunks, squares, minimum };
  });
}

function supportsIn(core: Core, allocate: Allocate, support: readonly SupportBlock[]): number {
  const bytes = structBytes(supportLayout);
  const supports = allocate(bytes * support.length);
  let end = 0;
  support.forEach(({ rows, from, to }, i) => {
    end += rows;
    writeStruct(core.heap, supports + i * bytes, supportLayout, { end, from, to });
  });
  return supports;
}

/** Most entries that the list of one row may have. */
const longestList = ({ from }: RowGradient): number =>
  from.reduce((sum, { coefficients }) => sum + coefficients.of.batch, 0);

const isMany = ({ coefficients }: RowSource): boolean => isManyByLatent(coefficients.of as PairCodes);

/** The gradient from sources with many pairs a latent, stored; 0 without one. */
function manyGradient(core: Core, allocate: Allocate, { from }: RowGradient, count: number): number {
  const many = from.filter(isMany);
  if (many.length === 0) return 0;
  const sum = allocate(4 * count);
  core.heap.f32(sum, count).fill(0);
  for (const { coefficients, rows } of many) {
    const one = isList(rows) ? (rows[0] as Tensor) : rows;
    addByLatent(core, entriesOf(coefficients), denseOf(one), sum);
  }
  return sum;
}

function sourcesOf(core: Core, allocate: Allocate, gradient: RowGradient | undefined) {
  const from = (gradient?.from ?? []).filter((source) => !isMany(source));
  const bytes = structBytes(rowSourceLayout);
  const sources = allocate(bytes * from.length);
  from.forEach(({ coefficients, rows }, i) => {
    const { of, pointer } = entriesOf(coefficients);
    of.sort();
    const byLevel = isList(rows) ? rows : Array<Tensor>(of.levels).fill(rows);
    const addresses = byLevel.map((level) => denseOf(level).pointer);
    writeStruct(core.heap, sources + i * bytes, rowSourceLayout, {
      ...{ pairs: of.struct, coefficients: pointer, rows: wordsIn(core, allocate, addresses) },
    });
  });
  return { sources, sourceCount: from.length };
}
