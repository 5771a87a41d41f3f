import type { Backend, Entries, Tensor } from "../backend.js";
import {
  checkBlocks,
  checkBroadcast,
  checkDecoder,
  checkMatMul,
  checkRows,
  checkSameCodes,
  checkSetRows,
  checkUpdates,
  isEntries,
} from "../checks.js";
import { addByLatent, addDecoded, dotPairs, dotRows, markActive, nonzero } from "../pairKernels.js";
import { selectAmong } from "../selection.js";
import { selectionPlan } from "../selectionPlan.js";
import { requireShape, requireSize, sizeOf } from "../shapes.js";
import { binaryOf, unaryOf } from "./elementwise.js";
import { blockNorms, matMul, transpose } from "./linear.js";
import { owner } from "./owner.js";
import { preActivations, selectPairs } from "./select.js";
import { adam, gradientOf, project } from "./update.js";
import type { Dense, DenseParameter, RowCodes, RowEntries } from "./values.js";

/**
 * The slow float64 backend in plain loops: the oracle of every other backend.
 *
 * Using a freed tensor is a TypeError here, which makes it the place to find errors of ownership.
 */
export function referenceBackend(): Backend {
  const { owned, dense, kept, entries, codes, live } = owner();

  return {
    name: "reference",
    detail: "plain loops in float64; exact and slow, meant as an oracle",
    threads: 1,
    precision: "float64",
    arithmetic: "separate",

    tensor: (data, shape) => {
      requireSize("tensor", data.length, shape);
      return dense(shape, Float64Array.from(data));
    },
    parameter: (shape, { value, first, second }) => {
      for (const numbers of [value, first ?? value, second ?? value]) requireSize("parameter", numbers.length, shape);
      const parameter: DenseParameter = {
        value: kept(shape, Float64Array.from(value)),
        first: Float64Array.from(first ?? new Float64Array(value.length)),
        second: Float64Array.from(second ?? new Float64Array(value.length)),
      };
      return owned.keep(parameter, () => owned.free(parameter.value));
    },
    read: async (t) => live<Dense>("read", t).data.slice(),
    readEntries: async (a) => nonzero(a.of as RowCodes, live<RowEntries>("readEntries", a).data),
    readState: async (p) => {
      const { value, first, second } = live<DenseParameter>("readState", p);
      return { value: value.data.slice(), first: first.slice(), second: second.slice() };
    },
    scope: owned.scope,
    dispose: (...items) => {
      for (const item of items) owned.free(item);
    },
    liveTensors: owned.count,
    close: async () => owned.freeAll(),

    matMul: (a, b, { transposeA = false, transposeB = false } = {}) => {
      const [m, k, n] = checkMatMul(a, b, transposeA, transposeB);
      const left = live<Dense>("matMul", a).data;
      const right = live<Dense>("matMul", b).data;
      const [x, y] = [transposeA ? transpose(left, k, m) : left, transposeB ? transpose(right, n, k) : right];
      return dense([m, n], matMul(x, y, m, k, n));
    },
    unary: <T extends Tensor | Entries>(op: keyof typeof unaryOf, a: T): T => {
      const { data } = live<{ data: Float64Array }>("unary", a);
      const out = data.map(unaryOf[op]);
      return (isEntries(a) ? entries(a.of as RowCodes, out) : dense(a.shape, out)) as Tensor | Entries as T;
    },
    binary: <T extends Tensor | Entries>(op: keyof typeof binaryOf, a: T, b: T | number): T => {
      const apply = binaryOf[op];
      const { data } = live<{ data: Float64Array }>("binary", a);
      if (typeof b !== "number")
        isEntries(a) ? checkSameCodes("binary", a, b) : checkBroadcast("binary", a, b as Tensor);
      const right = typeof b === "number" ? Float64Array.of(b) : live<{ data: Float64Array }>("binary", b).data;
      const out = data.map((x, j) => apply(x, right[j % right.length] as number));
      return (isEntries(a) ? entries(a.of as RowCodes, out) : dense(a.shape, out)) as Tensor | Entries as T;
    },
    sum: (a, axis) => {
      const { data } = live<{ data: Float64Array }>("sum", a);
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
      const widths = checkBlocks("rowNorms", rows, blocks);
      const shape = blocks === undefined ? rows.shape.slice(0, 1) : [rows.shape[0] as number, blocks.length];
      return dense(shape, blockNorms(live<Dense>("rowNorms", rows).data, widths));
    },
    rows: (t, start, count) => {
      checkRows(t, start, count);
      const width = sizeOf(t.shape.slice(1));
      const { data } = live<Dense>("rows", t);
      return dense([count, ...t.shape.slice(1)], data.slice(start * width, (start + count) * width));
    },
    reshape: (t, shape) => {
      const { data } = live<Dense>("reshape", t);
      requireSize("reshape", data.length, shape);
      return dense(shape, data.slice());
    },

    select: (x, encoder, selection, options = {}) => {
      const plan = selectionPlan(x, encoder, selection, options);
      const { bias, auxiliary } = options;
      const biasOf = bias === undefined ? undefined : live<Dense>("select", bias);
      const z = preActivations(live("select", x), live("select", encoder), biasOf);
      const chosen = codes({ ...plan, pairs: selectPairs(live, z, plan, selection) }, z);
      const smallest = chosen.pre.data.reduce((least, v) => (v > 0 && v < least ? v : least), Number.POSITIVE_INFINITY);
      const among = auxiliary && selectAmong(z, plan, live<Dense>("select", auxiliary.among).data, auxiliary.k);
      return {
        codes: chosen,
        ...(among && { auxiliary: codes({ ...plan, levels: 1, pairs: among }, z) }),
        ...(selection.kind === "batchTopK" && {
          smallest: dense([], Float64Array.of(smallest === Number.POSITIVE_INFINITY ? 0 : smallest)),
        }),
      };
    },
    atLatents: (of, perLatent) => {
      requireShape("atLatents", "perLatent", perLatent.shape, [of.latents]);
      const { pairs } = live<RowCodes>("atLatents", of);
      const { data } = live<Dense>("atLatents", perLatent);
      return entries(
        of as RowCodes,
        Float64Array.from(pairs.latents, (i) => data[i] as number),
      );
    },
    decode: (values, decoder) => {
      const width = checkDecoder("decode", values.of, decoder);
      const { of, data } = live<RowEntries>("decode", values);
      const sums = Array.from({ length: of.levels }, () => new Float64Array(of.batch * width));
      addDecoded(of, data, live<Dense>("decode", decoder).data, width, sums);
      return sums.map((sum) => dense([of.batch, width], sum));
    },
    dot: (of, errors, decoder) => {
      const width = checkDecoder("dot", of, decoder, errors);
      const rows = live<RowCodes>("dot", of);
      const levels = errors.map((error) => live<Dense>("dot", error).data);
      const products = new Float64Array(rows.pairs.latents.length);
      dotPairs(rows, levels, live<Dense>("dot", decoder).data, width, products);
      return entries(rows, products);
    },
    fired: (active, samplesSince) => {
      requireShape("fired", "samplesSince", samplesSince.shape, [active.of.latents]);
      const { of, data } = live<RowEntries>("fired", active);
      const last = new Float64Array(of.latents);
      markActive(of, data, last);
      const before = live<Dense>("fired", samplesSince).data;
      return dense(
        samplesSince.shape,
        last.map((row, i) => of.batch - row + (row === 0 ? (before[i] as number) : 0)),
      );
    },

    update: (updates, step) => {
      checkUpdates(updates, step);
      const gradients = updates.map((one) => gradientOf(live, one));
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
      const parameter = live<DenseParameter>("setRows", p);
      const { shape, data } = parameter.value;
      checkSetRows(p.value, latents, rows);
      const width = sizeOf(shape.slice(1));
      const out = data.slice();
      latents.forEach((latent, n) => {
        out.set(live<Dense>("setRows", rows).data.subarray(n * width, (n + 1) * width), latent * width);
        for (const moment of [parameter.first, parameter.second]) moment.fill(0, latent * width, (latent + 1) * width);
      });
      replaceValue(parameter, out);
    },
  };

  function replaceValue(parameter: DenseParameter, data: Float64Array): void {
    const { value } = parameter;
    parameter.value = kept(value.shape, data);
    owned.free(value);
  }
}
