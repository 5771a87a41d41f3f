import type { Backend, Binary, Entries, Tensor, Unary } from "@monosema/tensor";
import { checked, isEntries, sizeOf } from "@monosema/tensor/authoring";
import { type Core, wordsIn } from "./core.js";
import * as elementwise from "./elementwise.js";
import * as pairs from "./pairs.js";
import { product, strided } from "./product.js";
import { encoderCopies } from "./select/encoderCopies.js";
import { selector } from "./select/select.js";
import type { Tiles } from "./select/tiles.js";
import { update } from "./update.js";
import {
  codesOf,
  type Dense,
  type DenseParameter,
  denseOf,
  entriesOf,
  owner as openOwner,
  parameterOf,
} from "./values.js";

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

  return checked({
    holds: owned.has,
    name: "simd",
    detail,
    tier,
    threads: pool.threads,
    precision: "float32",
    arithmetic,

    tensor: (data, shape) => filled(shape, (pointer) => heap.f32(pointer, data.length).set(data)),
    parameter: (shape, { value, first, second }) => {
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
    read: async (t) => copied(denseOf(t)),
    readEntries: async (a) => pairs.sparseRows(core, entriesOf(a)),
    readState: async (p) => {
      const { value, first, second } = parameterOf(p);
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
      const [aRows, aColumns] = a.shape as readonly [number, number];
      const [bRows, bColumns] = b.shape as readonly [number, number];
      const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
      const n = transposeB ? bRows : bColumns;
      const left = strided(denseOf(a).pointer, aColumns, transposeA);
      const right = strided(denseOf(b).pointer, bColumns, transposeB);
      return filled([m, n], (out) => product(core, left, right, out, m, k, n));
    },
    unary: <T extends Tensor | Entries>(op: Unary, a: T): T => {
      if (isEntries(a)) {
        const { of, pointer } = entriesOf(a);
        const out = owner.entries(of);
        elementwise.unary(core, op, pointer, out.pointer, of.count);
        return out as Entries as T;
      }
      const { shape, pointer } = denseOf(a as Tensor);
      return filled(shape, (out) => elementwise.unary(core, op, pointer, out, sizeOf(shape))) as Tensor as T;
    },
    binary: <T extends Tensor | Entries>(op: Binary, a: T, b: T | number): T => {
      if (isEntries(a)) {
        const { of, pointer } = entriesOf(a);
        const right = typeof b === "number" ? numberOf(b) : sameOf(entriesOf(b as Entries).pointer);
        const out = owner.entries(of);
        elementwise.binary(core, op, pointer, right, out.pointer, of.count);
        return out as Entries as T;
      }
      const { shape, pointer } = denseOf(a as Tensor);
      const right = typeof b === "number" ? numberOf(b) : rightOf(shape, denseOf(b as Tensor));
      return filled(shape, (out) => elementwise.binary(core, op, pointer, right, out, sizeOf(shape))) as Tensor as T;
    },
    sum: (a, axis) => {
      if (isEntries(a)) {
        const values = entriesOf(a);
        if (axis === undefined) return scalar(elementwise.sum(core, values.pointer, values.of.count));
        const out = owner.dense([values.of.latents]);
        pairs.sumByLatent(core, values, out);
        return out;
      }
      const { shape, pointer } = denseOf(a);
      const [rows = 1, width = 1] = shape;
      if (axis === undefined) return scalar(elementwise.sum(core, pointer, sizeOf(shape)));
      return filled(shape.slice(1), (out) => elementwise.columnSums(core, pointer, rows, width, out));
    },
    rowNorms: (rows, blocks) => {
      const { shape, pointer } = denseOf(rows);
      const [count, width] = shape as readonly [number, number];
      const widths = blocks ?? [width];
      return filled(blocks === undefined ? [count] : [count, blocks.length], (out) =>
        core.temporary((allocate) => {
          const perChunk = Math.max(1, Math.ceil(32_768 / width));
          const list = wordsIn(core, allocate, widths);
          pool.run("rowNorms", Math.ceil(count / perChunk), pointer, count, width, list, widths.length, out, perChunk);
        }),
      );
    },
    rows: (t, start, count) => {
      const { shape, pointer } = denseOf(t);
      const width = sizeOf(shape.slice(1));
      return filled([count, ...shape.slice(1)], (out) =>
        heap.f32(out, count * width).set(heap.f32(pointer + 4 * start * width, count * width)),
      );
    },
    reshape: (t, shape) => {
      const count = sizeOf(shape);
      return filled(shape, (out) => heap.f32(out, count).set(heap.f32(denseOf(t).pointer, count)));
    },

    select: selection.select,
    atLatents: (codes, perLatent) => {
      const of = codesOf(codes);
      const out = owner.entries(of);
      pairs.atLatents(core, of, denseOf(perLatent), out);
      return out;
    },
    decode: (values, decoder) => {
      const [numbers, rows] = [entriesOf(values), denseOf(decoder)];
      const width = rows.shape[1] as number;
      const outs = Array.from({ length: numbers.of.levels }, () => owner.dense([numbers.of.batch, width]));
      pairs.decode(core, numbers, rows, width, outs);
      return outs;
    },
    dot: (codes, errors, decoder) => {
      const of = codesOf(codes);
      const out = owner.entries(of);
      pairs.dot(core, of, errors.map(denseOf), denseOf(decoder), out);
      return out;
    },
    fired: (active, samplesSince) => {
      const out = owner.dense(samplesSince.shape);
      pairs.samplesSince(core, entriesOf(active), denseOf(samplesSince), out);
      return out;
    },

    update: (updates, step) => {
      const norm = update(core, copies, updates, step);
      for (const { parameter } of updates) newValue(parameter as DenseParameter);
      return norm === undefined ? undefined : scalar(norm);
    },
    setRows: (p, latents, rows) => {
      const parameter = parameterOf(p);
      const { value, first, second } = parameter;
      const width = sizeOf(value.shape.slice(1));
      const from = heap.f32(denseOf(rows).pointer, latents.length * width);
      latents.forEach((latent, n) => {
        const at = 4 * latent * width;
        heap.f32(value.pointer + at, width).set(from.subarray(n * width, (n + 1) * width));
        for (const moment of [first, second]) heap.f32(moment + at, width).fill(0);
      });
      copies.changed(value.pointer, false);
      newValue(parameter);
    },
  });

  function rightOf(shape: readonly number[], b: Dense): elementwise.Right {
    if (b.shape.length === 0) return numberOf(heap.f32(b.pointer, 1)[0] as number);
    return b.shape.length === shape.length
      ? sameOf(b.pointer)
      : { mode: "row", pointer: b.pointer, width: b.shape[0] as number };
  }
}

const numberOf = (value: number): elementwise.Right => ({ mode: "number", value });
const sameOf = (pointer: number): elementwise.Right => ({ mode: "same", pointer });
