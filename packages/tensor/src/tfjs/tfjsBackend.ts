import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import type { Backend, Binary, Entries, Tensor, Unary } from "../backend.js";
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
import { selectionPlan } from "../selectionPlan.js";
import { requireShape, requireSize } from "../shapes.js";
import * as arithmetic from "./arithmetic.js";
import { cleanBinary, cleanUnary } from "./clean.js";
import { openEngine } from "./engine.js";
import { liveArguments } from "./live.js";
import type { TfNamespace } from "./namespace.js";
import { describe, withOptions } from "./options.js";
import { owner } from "./owner.js";
import { type TfParameter, tensorParameter, variableParameter } from "./parameter.js";
import { select } from "./select.js";
import { setRows } from "./setRows.js";
import type { TfjsOptions } from "./tfjsOptions.js";
import { update } from "./update.js";
import type { TfEntries } from "./values.js";

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
  const live = liveArguments(tf);
  const newParameter = (value: TfTensor, first: TfTensor, second: TfTensor): TfParameter =>
    native === undefined
      ? tensorParameter(engine, value, first, second)
      : variableParameter(engine, native, value, first, second);

  return {
    name: engine.name === "tensorflow" ? "tfjs-node" : `tfjs-${engine.name}`,
    detail: describe(engine, options.detail),
    threads: typeof options.threads === "function" ? options.threads() : (options.threads ?? 1),
    precision: "float32",
    arithmetic: engine.name === "cpu" || engine.name === "wasm" ? "separate" : "native", // neither has a fused instruction

    tensor: (data, shape) => {
      requireSize("tensor", data.length, shape);
      return tensor(() => tf.tensor(Float32Array.from(data), [...shape], "float32"));
    },
    parameter: (shape, { value, first, second }) => {
      const parts = [value, first ?? new Float32Array(value.length), second ?? new Float32Array(value.length)];
      for (const part of parts) requireSize("parameter", part.length, shape);
      const [w, m, v] = parts.map((part) => tf.tensor(Float32Array.from(part), [...shape], "float32"));
      const parameter = newParameter(w as TfTensor, m as TfTensor, v as TfTensor);
      tf.dispose([w, m, v] as TfTensor[]);
      return owned.keep(parameter, parameter.free);
    },
    read: async (item) => (await live.tensor("read", item).data<"float32">()).slice(),
    readEntries: (a) => {
      const values = live.entries("readEntries", a);
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
      checkMatMul(a, b, transposeA, transposeB);
      const [left, right] = [live.tensor("matMul", a), live.tensor("matMul", b)];
      return tensor(() => arithmetic.matMul(engine, left, right, transposeA, transposeB));
    },
    unary: <T extends Tensor | Entries>(op: Unary, a: T): T => {
      if (isEntries(a)) {
        const { of, t, clean } = live.entries("unary", a);
        return entries(of, cleanUnary(op, clean), () => arithmetic.unary(engine, op, t)) as Entries as T;
      }
      const t = live.tensor("unary", a);
      return tensor(() => arithmetic.unary(engine, op, t)) as Tensor as T;
    },
    binary: <T extends Tensor | Entries>(op: Binary, a: T, b: T | number): T => {
      if (isEntries(a)) {
        if (typeof b !== "number") checkSameCodes("binary", a, b);
        const left = live.entries("binary", a);
        const right = typeof b === "number" ? b : live.entries("binary", b as Entries);
        const clean = cleanBinary(op, left.clean, typeof right === "number" ? right : right.clean);
        const numbers = typeof right === "number" ? right : right.t;
        return entries(left.of, clean, () => arithmetic.binary(engine, op, left.t, numbers)) as Entries as T;
      }
      if (typeof b !== "number") checkBroadcast("binary", a, b as Tensor);
      const left = live.tensor("binary", a);
      const right = typeof b === "number" ? b : live.tensor("binary", b as Tensor);
      return tensor(() => arithmetic.binary(engine, op, left, right)) as Tensor as T;
    },
    sum: (a, axis) => {
      if (isEntries(a)) {
        const values = live.entries("sum", a);
        const { kernels } = values.of;
        return tensor(() => (axis === 0 ? kernels.sumByLatent(values) : tf.sum(kernels.masked(values))));
      }
      const t = live.tensor("sum", a);
      return tensor(() => (axis === 0 && t.rank === 2 ? arithmetic.sumRows(engine, t) : tf.sum(t)));
    },
    rowNorms: (rows, blocks) => {
      checkBlocks("rowNorms", rows, blocks);
      const t = live.tensor("rowNorms", rows);
      return tensor(() => arithmetic.rowNorms(engine, t, blocks));
    },
    rows: (item, start, count) => {
      checkRows(item, start, count);
      const t = live.tensor("rows", item);
      return tensor(() => tf.slice(t, start, count));
    },
    reshape: (item, shape) => {
      const t = live.tensor("reshape", item);
      requireSize("reshape", t.size, shape);
      return tensor(() => tf.reshape(t, [...shape]));
    },

    select: (x, encoder, selection, selectOptions = {}) => {
      const plan = selectionPlan(x, encoder, selection, selectOptions);
      const [input, rows] = [live.tensor("select", x), live.tensor("select", encoder)];
      const theta = selection.kind === "threshold" && typeof selection.theta !== "number" ? selection.theta : undefined;
      for (const extra of [selectOptions.bias, selectOptions.auxiliary?.among, theta]) {
        if (extra !== undefined) live.tensor("select", extra);
      }
      return select(engine, make, input, rows, plan, selection, selectOptions);
    },
    atLatents: (codes, perLatent) => {
      requireShape("atLatents", "perLatent", perLatent.shape, [codes.latents]);
      const [of, t] = [live.codes("atLatents", codes), live.tensor("atLatents", perLatent)];
      return entries(of, false, () => of.kernels.atLatents(t));
    },
    decode: (a, decoder) => {
      checkDecoder("decode", a.of, decoder);
      const [values, rows] = [live.entries("decode", a), live.tensor("decode", decoder)];
      return tensors(() => values.of.kernels.decode(values, rows));
    },
    dot: (codes, errors, decoder) => {
      checkDecoder("dot", codes, decoder, errors);
      const [of, rows] = [live.codes("dot", codes), live.tensor("dot", decoder)];
      const levels = errors.map((error) => live.tensor("dot", error));
      return entries(of, false, () => of.kernels.dot(levels, rows));
    },
    fired: (a, samplesSince) => {
      requireShape("fired", "samplesSince", samplesSince.shape, [a.of.latents]);
      const [active, before] = [live.entries("fired", a), live.tensor("fired", samplesSince)];
      return tensor(() => {
        const last = active.of.kernels.lastActive(active);
        const silent = tf.mul(before, tf.sub(1, arithmetic.step(engine, last)));
        return tf.sub(tf.add(silent, active.of.batch), last);
      });
    },

    update: (updates, step) => {
      checkUpdates(updates, step);
      const norm = update(engine, live, updates, step);
      return norm && tensor(() => norm);
    },
    setRows: (p, latents, rows) => {
      checkSetRows(p.value, latents, rows);
      setRows(engine, p as TfParameter, latents, live.tensor("setRows", rows));
    },
  };
}
