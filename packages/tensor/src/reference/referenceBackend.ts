import type { Backend, Entries, Tensor } from "../backend.js";
import { checked } from "../checked.js";
import { isEntries } from "../checks.js";
import { addByLatent, addDecoded, dotPairs, dotRows, markActive, nonzero } from "../pairKernels.js";
import { selectAmong } from "../selection.js";
import { sizeOf } from "../shapes.js";
import { binaryOf, unaryOf } from "./elementwise.js";
import { blockNorms, matMul, matrixOf } from "./linear.js";
import { owner } from "./owner.js";
import { preActivations, selectPairs } from "./select.js";
import { adam, gradientOf, project } from "./update.js";
import { type Dense, type DenseParameter, dataOf, type RowCodes, type RowEntries } from "./values.js";

/**
 * The slow float64 backend in plain loops: the oracle of every other backend.
 *
 * Using a freed tensor is a TypeError here, which makes it the place to find errors of ownership.
 */
export function referenceBackend(): Backend {
  const { owned, dense, kept, entries, codes } = owner();

  return checked({
    name: "reference",
    detail: "plain loops in float64; exact and slow, meant as an oracle",
    threads: 1,
    precision: "float64",
    arithmetic: "separate",

    holds: owned.has,
    tensor: (data, shape) => dense(shape, Float64Array.from(data)),
    parameter: (shape, { value, first, second }) => {
      const parameter: DenseParameter = {
        value: kept(shape, Float64Array.from(value)),
        first: Float64Array.from(first ?? new Float64Array(value.length)),
        second: Float64Array.from(second ?? new Float64Array(value.length)),
      };
      return owned.keep(parameter, () => owned.free(parameter.value));
    },
    read: async (t) => dataOf(t).slice(),
    readEntries: async (a) => nonzero(a.of as RowCodes, dataOf(a)),
    readState: async (p) => {
      const { value, first, second } = p as DenseParameter;
      return { value: value.data.slice(), first: first.slice(), second: second.slice() };
    },
    scope: owned.scope,
    dispose: (...items) => {
      for (const item of items) owned.free(item);
    },
    liveTensors: owned.count,
    close: async () => owned.freeAll(),

    matMul: (a, b, { transposeA = false, transposeB = false } = {}) => {
      const [x, m, k] = matrixOf(a as Dense, transposeA);
      const [y, , n] = matrixOf(b as Dense, transposeB);
      return dense([m, n], matMul(x, y, m, k, n));
    },
    unary: <T extends Tensor | Entries>(op: keyof typeof unaryOf, a: T): T => {
      const out = dataOf(a).map(unaryOf[op]);
      return (isEntries(a) ? entries(a.of as RowCodes, out) : dense(a.shape, out)) as Tensor | Entries as T;
    },
    binary: <T extends Tensor | Entries>(op: keyof typeof binaryOf, a: T, b: T | number): T => {
      const apply = binaryOf[op];
      const right = typeof b === "number" ? Float64Array.of(b) : dataOf(b);
      const out = dataOf(a).map((x, j) => apply(x, right[j % right.length] as number));
      return (isEntries(a) ? entries(a.of as RowCodes, out) : dense(a.shape, out)) as Tensor | Entries as T;
    },
    sum: (a, axis) => {
      const data = dataOf(a);
      if (axis === undefined) return dense([], Float64Array.of(data.reduce((sum, x) => sum + x, 0)));
      if (isEntries(a)) {
        const sums = new Float64Array(a.of.latents);
        addByLatent(a.of as RowCodes, data, sums);
        return dense([a.of.latents], sums);
      }
      const [rows, width = 1] = a.shape as [number, number?];
      return dense(a.shape.slice(1), matMul(new Float64Array(rows).fill(1), data, 1, rows, width));
    },
    rowNorms: (rows, blocks) => {
      const [count, width] = rows.shape as [number, number];
      return dense(
        blocks === undefined ? [count] : [count, blocks.length],
        blockNorms(dataOf(rows), blocks ?? [width]),
      );
    },
    rows: (t, start, count) => {
      const width = sizeOf(t.shape.slice(1));
      return dense([count, ...t.shape.slice(1)], dataOf(t).slice(start * width, (start + count) * width));
    },
    reshape: (t, shape) => dense(shape, dataOf(t).slice()),

    select: (x, encoder, plan, { bias, auxiliary }) => {
      const z = preActivations(x as Dense, encoder as Dense, bias as Dense | undefined);
      const chosen = codes({ ...plan, pairs: selectPairs(z, plan) }, z);
      const smallest = chosen.pre.data.reduce((least, v) => (v > 0 && v < least ? v : least), Number.POSITIVE_INFINITY);
      const among = auxiliary && selectAmong(z, plan, dataOf(auxiliary.among), auxiliary.k);
      return {
        codes: chosen,
        ...(among && { auxiliary: codes({ ...plan, levels: 1, pairs: among }, z) }),
        ...(plan.selection.kind === "batchTopK" && {
          smallest: dense([], Float64Array.of(smallest === Number.POSITIVE_INFINITY ? 0 : smallest)),
        }),
      };
    },
    atLatents: (of, perLatent) => {
      const rows = of as RowCodes;
      const data = dataOf(perLatent);
      return entries(
        rows,
        Float64Array.from(rows.pairs.latents, (i) => data[i] as number),
      );
    },
    decode: (values, decoder) => {
      const width = decoder.shape[1] as number;
      const { of, data } = values as RowEntries;
      const sums = Array.from({ length: of.levels }, () => new Float64Array(of.batch * width));
      addDecoded(of, data, dataOf(decoder), width, sums);
      return sums.map((sum) => dense([of.batch, width], sum));
    },
    dot: (of, errors, decoder) => {
      const rows = of as RowCodes;
      const products = new Float64Array(rows.pairs.latents.length);
      dotPairs(rows, errors.map(dataOf), dataOf(decoder), decoder.shape[1] as number, products);
      return entries(rows, products);
    },
    fired: (active, samplesSince) => {
      const { of, data } = active as RowEntries;
      const last = new Float64Array(of.latents);
      markActive(of, data, last);
      const before = dataOf(samplesSince);
      return dense(
        samplesSince.shape,
        last.map((row, i) => of.batch - row + (row === 0 ? (before[i] as number) : 0)),
      );
    },

    update: (updates, step) => {
      const gradients = updates.map(gradientOf);
      updates.forEach(({ unitRows, parameter }, i) => {
        if (unitRows === true) project(gradients[i] as Float64Array, parameter.value as Dense);
      });
      const norm = Math.sqrt(gradients.reduce((sum, g) => sum + dotRows(g, 0, g, 0, g.length), 0));
      const factor = step.clip !== undefined && norm > step.clip ? step.clip / norm : 1;
      updates.forEach((update, i) => {
        replaceValue(update.parameter as DenseParameter, adam(update, gradients[i] as Float64Array, factor, step));
      });
      return step.norm === true ? dense([], Float64Array.of(norm)) : undefined;
    },
    setRows: (p, latents, rows) => {
      const parameter = p as DenseParameter;
      const { shape, data } = parameter.value;
      const width = sizeOf(shape.slice(1));
      const [from, out] = [dataOf(rows), data.slice()];
      latents.forEach((latent, n) => {
        out.set(from.subarray(n * width, (n + 1) * width), latent * width);
        for (const moment of [parameter.first, parameter.second]) moment.fill(0, latent * width, (latent + 1) * width);
      });
      replaceValue(parameter, out);
    },
  });

  function replaceValue(parameter: DenseParameter, data: Float64Array): void {
    const { value } = parameter;
    parameter.value = kept(value.shape, data);
    owned.free(value);
  }
}
