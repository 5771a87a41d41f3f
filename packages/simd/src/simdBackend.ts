import type { Backend, Binary, Entries, Tensor, Unary } from "@monosema/tensor";
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
  requireShape,
  requireSize,
  sizeOf,
} from "@monosema/tensor/authoring";
import { type Core, wordsIn } from "./core.js";
import * as elementwise from "./elementwise.js";
import * as pairs from "./pairs.js";
import { product, strided } from "./product.js";
import { encoderCopies } from "./select/encoderCopies.js";
import { selector } from "./select/select.js";
import type { Tiles } from "./select/tiles.js";
import { update } from "./update.js";
import { type Dense, type DenseParameter, owner as openOwner } from "./values.js";

/** The backend on a core. */
export function simdBackend(
  core: Core,
  tiles: Tiles,
  { tier, detail, arithmetic }: Required<Pick<Backend, "tier" | "detail" | "arithmetic">>,
  end: () => Promise<void>,
): Backend {
  const { heap, pool } = core;
  const copies = encoderCopies(core);
  const forget = (pointer: number): void => {
    copies.free(pointer);
    selection.forget(pointer);
  };
  const owner = openOwner(core, forget);
  const selection = selector(core, owner, copies, tiles);
  const { owned } = owner;

  const filled = (shape: readonly number[], fill: (pointer: number) => unknown): Dense => {
    const made = owner.dense(shape);
    fill(made.pointer);
    return made;
  };
  const scalar = (value: number): Dense => filled([], (pointer) => heap.f32(pointer, 1).fill(value));
  const copied = (t: Dense): Float32Array => heap.f32(t.pointer, sizeOf(t.shape)).slice();
  const keptValue = (parameter: { value?: Dense }, shape: readonly number[], pointer: number): Dense => {
    const value = owner.kept(shape, pointer, () => {
      if (parameter.value !== value) return; // replaced by a later value in the same place
      forget(pointer);
      heap.free(pointer);
    });
    return value;
  };
  const newValue = (parameter: DenseParameter): void => {
    const before = parameter.value;
    parameter.value = keptValue(parameter, before.shape, before.pointer);
    owned.free(before);
  };

  return {
    name: "simd",
    detail,
    tier,
    threads: pool.threads,
    precision: "float32",
    arithmetic,

    tensor: (data, shape) => {
      requireSize("tensor", data.length, shape);
      return filled(shape, (pointer) => heap.f32(pointer, data.length).set(data));
    },
    parameter: (shape, { value, first, second }) => {
      for (const numbers of [value, first ?? value, second ?? value]) requireSize("parameter", numbers.length, shape);
      const count = value.length;
      const blocks = core.keeping(() => [value, first, second].map(() => core.keep(4 * count)));
      [value, first, second].forEach((numbers, i) => {
        const block = heap.f32(blocks[i] as number, count);
        if (numbers === undefined) block.fill(0);
        else block.set(numbers);
      });
      const [at, firstAt, secondAt] = blocks as [number, number, number];
      const parameter = { first: firstAt, second: secondAt } as DenseParameter;
      parameter.value = keptValue(parameter, shape, at);
      return owned.keep(parameter, () => {
        owned.free(parameter.value);
        for (const block of [firstAt, secondAt]) heap.free(block);
      });
    },
    read: async (t) => copied(owner.tensor("read", t)),
    readEntries: async (a) => pairs.sparseRows(core, owner.numbers("readEntries", a)),
    readState: async (p) => {
      const { value, first, second } = owner.parameter("readState", p);
      const count = sizeOf(value.shape);
      return { value: copied(value), first: heap.f32(first, count).slice(), second: heap.f32(second, count).slice() };
    },
    scope: owned.scope,
    dispose: (...items) => {
      for (const item of items) owned.free(item);
    },
    liveTensors: owned.count,
    close: async () => {
      owned.freeAll();
      core.close();
      await end();
    },

    matMul: (a, b, { transposeA = false, transposeB = false } = {}) => {
      const [m, k, n] = checkMatMul(a, b, transposeA, transposeB);
      const left = strided(owner.tensor("matMul", a).pointer, a.shape[1] as number, transposeA);
      const right = strided(owner.tensor("matMul", b).pointer, b.shape[1] as number, transposeB);
      return filled([m, n], (out) => product(core, left, right, out, m, k, n));
    },
    unary: <T extends Tensor | Entries>(op: Unary, a: T): T => {
      if (isEntries(a)) {
        const { of, pointer } = owner.numbers("unary", a);
        const out = owner.entries(of);
        elementwise.unary(core, op, pointer, out.pointer, of.count);
        return out as Entries as T;
      }
      const { shape, pointer } = owner.tensor("unary", a as Tensor);
      return filled(shape, (out) => elementwise.unary(core, op, pointer, out, sizeOf(shape))) as Tensor as T;
    },
    binary: <T extends Tensor | Entries>(op: Binary, a: T, b: T | number): T => {
      if (isEntries(a)) {
        if (typeof b !== "number") checkSameCodes("binary", a, b);
        const { of, pointer } = owner.numbers("binary", a);
        const right = typeof b === "number" ? numberOf(b) : sameOf(owner.numbers("binary", b as Entries).pointer);
        const out = owner.entries(of);
        elementwise.binary(core, op, pointer, right, out.pointer, of.count);
        return out as Entries as T;
      }
      if (typeof b !== "number") checkBroadcast("binary", a as Tensor, b as Tensor);
      const { shape, pointer } = owner.tensor("binary", a as Tensor);
      const right = typeof b === "number" ? numberOf(b) : rightOf(shape, owner.tensor("binary", b as Tensor));
      return filled(shape, (out) => elementwise.binary(core, op, pointer, right, out, sizeOf(shape))) as Tensor as T;
    },
    sum: (a, axis) => {
      if (isEntries(a)) {
        const values = owner.numbers("sum", a);
        if (axis === undefined) return scalar(elementwise.sum(core, values.pointer, values.of.count));
        const out = owner.dense([values.of.latents]);
        pairs.sumByLatent(core, values, out);
        return out;
      }
      const { shape, pointer } = owner.tensor("sum", a);
      const [rows = 1, width = 1] = shape;
      if (axis === undefined) return scalar(elementwise.sum(core, pointer, sizeOf(shape)));
      return filled(shape.slice(1), (out) => elementwise.columnSums(core, pointer, rows, width, out));
    },
    rowNorms: (rows, blocks) => {
      const widths = checkBlocks("rowNorms", rows, blocks);
      const { shape, pointer } = owner.tensor("rowNorms", rows);
      const [count, width] = shape as readonly [number, number];
      return filled(blocks === undefined ? [count] : [count, blocks.length], (out) =>
        core.temporary((allocate) => {
          const perChunk = Math.max(1, Math.ceil(32_768 / width));
          const list = wordsIn(core, allocate, widths);
          pool.run("rowNorms", Math.ceil(count / perChunk), pointer, count, width, list, widths.length, out, perChunk);
        }),
      );
    },
    rows: (t, start, count) => {
      checkRows(t, start, count);
      const { shape, pointer } = owner.tensor("rows", t);
      const width = sizeOf(shape.slice(1));
      return filled([count, ...shape.slice(1)], (out) =>
        heap.f32(out, count * width).set(heap.f32(pointer + 4 * start * width, count * width)),
      );
    },
    reshape: (t, shape) => {
      const from = owner.tensor("reshape", t);
      const count = sizeOf(from.shape);
      requireSize("reshape", count, shape);
      return filled(shape, (out) => heap.f32(out, count).set(heap.f32(from.pointer, count)));
    },

    select: selection.select,
    atLatents: (codes, perLatent) => {
      requireShape("atLatents", "perLatent", perLatent.shape, [codes.latents]);
      const of = owner.live("atLatents", codes);
      const values = owner.tensor("atLatents", perLatent);
      const out = owner.entries(of);
      pairs.atLatents(core, of, values, out);
      return out;
    },
    decode: (values, decoder) => {
      const width = checkDecoder("decode", values.of, decoder);
      const [numbers, rows] = [owner.numbers("decode", values), owner.tensor("decode", decoder)];
      const outs = Array.from({ length: numbers.of.levels }, () => owner.dense([numbers.of.batch, width]));
      pairs.decode(core, numbers, rows, width, outs);
      return outs;
    },
    dot: (codes, errors, decoder) => {
      checkDecoder("dot", codes, decoder, errors);
      const [of, rows] = [owner.live("dot", codes), owner.tensor("dot", decoder)];
      const levels = errors.map((error) => owner.tensor("dot", error));
      const out = owner.entries(of);
      pairs.dot(core, of, levels, rows, out);
      return out;
    },
    fired: (active, samplesSince) => {
      requireShape("fired", "samplesSince", samplesSince.shape, [active.of.latents]);
      const [values, before] = [owner.numbers("fired", active), owner.tensor("fired", samplesSince)];
      const out = owner.dense(before.shape);
      pairs.samplesSince(core, values, before, out);
      return out;
    },

    update: (updates, step) => {
      checkUpdates(updates, step);
      const norm = update(core, owner, copies, updates, step);
      for (const { parameter } of updates) newValue(parameter as DenseParameter);
      return norm === undefined ? undefined : scalar(norm);
    },
    setRows: (p, latents, rows) => {
      const parameter = owner.parameter("setRows", p);
      checkSetRows(p.value, latents, rows);
      const { value, first, second } = parameter;
      const width = sizeOf(value.shape.slice(1));
      const from = heap.f32(owner.tensor("setRows", rows).pointer, latents.length * width);
      latents.forEach((latent, n) => {
        const at = 4 * latent * width;
        heap.f32(value.pointer + at, width).set(from.subarray(n * width, (n + 1) * width));
        for (const moment of [first, second]) heap.f32(moment + at, width).fill(0);
      });
      copies.changed(value.pointer, false);
      newValue(parameter);
    },
  };

  function rightOf(shape: readonly number[], b: Dense): elementwise.Right {
    if (b.shape.length === 0) return numberOf(heap.f32(b.pointer, 1)[0] as number);
    return b.shape.length === shape.length
      ? sameOf(b.pointer)
      : { mode: "row", pointer: b.pointer, width: b.shape[0] as number };
  }
}

const numberOf = (value: number): elementwise.Right => ({ mode: "number", value });
const sameOf = (pointer: number): elementwise.Right => ({ mode: "same", pointer });
