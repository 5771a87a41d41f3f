import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import type { Backend, Binary, Entries, Tensor, Unary } from "../backend.js";
import { checked, type Value } from "../checked.js";
import { isEntries } from "../checks.js";
import * as arithmetic from "./arithmetic.js";
import { cleanBinary, cleanUnary } from "./clean.js";
import { openEngine } from "./engine.js";
import type { TfNamespace } from "./namespace.js";
import { describe, withOptions } from "./options.js";
import { owner } from "./owner.js";
import { type TfParameter, tensorParameter, variableParameter } from "./parameter.js";
import { select } from "./select.js";
import { setRows } from "./setRows.js";
import type { TfjsOptions } from "./tfjsOptions.js";
import { update } from "./update.js";
import { codesOf, entriesOf, type TfEntries, tensorOf } from "./values.js";

/**
 * A backend on any engine of tfjs, in float32. tfjs has one engine per process.
 *
 * @param namespace - of `@tensorflow/tfjs`, of `@tensorflow/tfjs-core` with an engine imported beside it, or of `@tensorflow/tfjs-node`
 * @throws BackendError when another engine or another copy of tfjs is in use, or when the engine does not start
 */
export async function tfjsBackend(namespace: TfNamespace, options: TfjsOptions = {}): Promise<Backend> {
  const engine = withOptions(await openEngine(namespace, options.engine), options);
  const { tf, native } = engine;
  const make = owner(engine);
  const { owned, tensor, tensors, entries } = make;
  const holds = (item: Value): boolean => {
    if (isEntries(item)) return holds((item as TfEntries).t);
    return item instanceof tf.Tensor ? !item.isDisposed : owned.has(item);
  };
  const newParameter = (value: TfTensor, first: TfTensor, second: TfTensor): TfParameter =>
    native === undefined
      ? tensorParameter(engine, value, first, second)
      : variableParameter(engine, native, value, first, second);

  return checked({
    holds,
    name: engine.name === "tensorflow" ? "tfjs-node" : `tfjs-${engine.name}`,
    detail: describe(engine, options.detail),
    threads: typeof options.threads === "function" ? options.threads() : (options.threads ?? 1),
    precision: "float32",
    arithmetic: engine.name === "cpu" || engine.name === "wasm" ? "separate" : "native", // neither has a fused instruction

    tensor: (data, shape) => tensor(() => tf.tensor(Float32Array.from(data), [...shape], "float32")),
    parameter: (shape, { value, first, second }) => {
      const parts = [value, first ?? new Float32Array(value.length), second ?? new Float32Array(value.length)];
      const [w, m, v] = parts.map((part) => tf.tensor(Float32Array.from(part), [...shape], "float32"));
      const parameter = newParameter(w as TfTensor, m as TfTensor, v as TfTensor);
      tf.dispose([w, m, v] as TfTensor[]);
      return owned.keep(parameter, parameter.free);
    },
    read: async (item) => (await tensorOf(item).data<"float32">()).slice(),
    readEntries: (a) => {
      const values = entriesOf(a);
      return values.of.kernels.read(values);
    },
    readState: async (p) => {
      const parts = (p as TfParameter).state();
      const [value, first, second] = await Promise.all(
        parts.map(async (part) => (await part.data<"float32">()).slice()),
      );
      tf.dispose([...parts]);
      return { value: value as Float32Array, first: first as Float32Array, second: second as Float32Array };
    },
    scope: owned.scope,
    dispose: (...items) => {
      for (const item of items) owned.free(isEntries(item) ? (item as TfEntries).t : item);
    },
    liveTensors: () => tf.memory().numTensors,
    close: async () => {
      owned.freeAll();
      engine.release();
    },

    matMul: (a, b, { transposeA = false, transposeB = false } = {}) => {
      return tensor(() => arithmetic.matMul(engine, tensorOf(a), tensorOf(b), transposeA, transposeB));
    },
    unary: <T extends Tensor | Entries>(op: Unary, a: T): T => {
      if (isEntries(a)) {
        const { of, t, clean } = entriesOf(a);
        return entries(of, cleanUnary(op, clean), () => arithmetic.unary(engine, op, t)) as Entries as T;
      }
      return tensor(() => arithmetic.unary(engine, op, tensorOf(a))) as Tensor as T;
    },
    binary: <T extends Tensor | Entries>(op: Binary, a: T, b: T | number): T => {
      if (isEntries(a)) {
        const left = entriesOf(a);
        const right = typeof b === "number" ? b : entriesOf(b as Entries);
        const clean = cleanBinary(op, left.clean, typeof right === "number" ? right : right.clean);
        const numbers = typeof right === "number" ? right : right.t;
        return entries(left.of, clean, () => arithmetic.binary(engine, op, left.t, numbers)) as Entries as T;
      }
      const right = typeof b === "number" ? b : tensorOf(b as Tensor);
      return tensor(() => arithmetic.binary(engine, op, tensorOf(a), right)) as Tensor as T;
    },
    sum: (a, axis) => {
      if (isEntries(a)) {
        const values = entriesOf(a);
        const { kernels } = values.of;
        return tensor(() => (axis === 0 ? kernels.sumByLatent(values) : tf.sum(kernels.masked(values))));
      }
      const t = tensorOf(a);
      return tensor(() => (axis === 0 && t.rank === 2 ? arithmetic.sumRows(engine, t) : tf.sum(t)));
    },
    rowNorms: (rows, blocks) => tensor(() => arithmetic.rowNorms(engine, tensorOf(rows), blocks)),
    rows: (t, start, count) => tensor(() => tf.slice(tensorOf(t), start, count)),
    reshape: (t, shape) => tensor(() => tf.reshape(tensorOf(t), [...shape])),

    select: (x, encoder, plan, selectOptions) =>
      select(engine, make, tensorOf(x), tensorOf(encoder), plan, selectOptions),
    atLatents: (codes, perLatent) => {
      const of = codesOf(codes);
      return entries(of, false, () => of.kernels.atLatents(tensorOf(perLatent)));
    },
    decode: (a, decoder) => {
      const values = entriesOf(a);
      return tensors(() => values.of.kernels.decode(values, tensorOf(decoder)));
    },
    dot: (codes, errors, decoder) => {
      const of = codesOf(codes);
      return entries(of, false, () => of.kernels.dot(errors.map(tensorOf), tensorOf(decoder)));
    },
    fired: (a, samplesSince) => {
      const active = entriesOf(a);
      return tensor(() => {
        const last = active.of.kernels.lastActive(active);
        const silent = tf.mul(tensorOf(samplesSince), tf.sub(1, arithmetic.step(engine, last)));
        return tf.sub(tf.add(silent, active.of.batch), last);
      });
    },

    update: (updates, step) => {
      const norm = update(engine, updates, step);
      return norm && tensor(() => norm);
    },
    setRows: (p, latents, rows) => setRows(engine, p as TfParameter, latents, tensorOf(rows)),
  });
}
