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
import { type Engine, openEngine, releaseEngine, type TfEngineName } from "./engine.js";
import type { TfNamespace } from "./namespace.js";
import { owner } from "./owner.js";
import { type TfParameter, tensorParameter, variableParameter } from "./parameter.js";
import { select } from "./select.js";
import { setRows } from "./setRows.js";
import { update } from "./update.js";
import type { TfCodes, TfEntries } from "./values.js";

/** Options of {@link tfjsBackend}. */
export interface TfjsOptions {
  /** Engine; default: the active one. */
  readonly engine?: TfEngineName;
  /**
   * How codes are kept: selected on the host into a mask, on the device into a mask, or as a list of pairs. Default: `host` on cpu
   * and wasm, `mask` on webgl, `pairs` on tensorflow and webgpu.
   */
  readonly codes?: "host" | "mask" | "pairs";
  /** Fused kernels of TensorFlow where tfjs-node has them; default true. */
  readonly fused?: boolean;
  /** Threads of the engine, as {@link Backend.threads} will say; a function is asked once the engine runs. Default 1. */
  readonly threads?: number | (() => number);
  /** Versions and the like, added to {@link Backend.detail}. */
  readonly detail?: string;
}

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
  const t = (item: Tensor): TfTensor => item as TfTensor;
  const newParameter = (value: TfTensor, first: TfTensor, second: TfTensor): TfParameter =>
    native === undefined
      ? tensorParameter(engine, value, first, second)
      : variableParameter(engine, native, value, first, second);

  return {
    name: engine.name === "tensorflow" ? "tfjs-node" : `tfjs-${engine.name}`,
    detail: describe(engine, options.detail),
    threads: typeof options.threads === "function" ? options.threads() : (options.threads ?? 1),
    precision: "float32",

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
    read: async (item) => (await t(item).data<"float32">()).slice(),
    readEntries: (a) => (a as TfEntries).of.kernels.read(a as TfEntries),
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
      releaseEngine();
    },

    matMul: (a, b, { transposeA = false, transposeB = false } = {}) => {
      checkMatMul(a, b, transposeA, transposeB);
      return tensor(() => arithmetic.matMul(engine, t(a), t(b), transposeA, transposeB));
    },
    unary: <T extends Tensor | Entries>(op: Unary, a: T): T => {
      if (!isEntries(a)) return tensor(() => arithmetic.unary(engine, op, t(a as Tensor))) as Tensor as T;
      const { of, t: numbers, clean } = a as TfEntries;
      return entries(of, cleanUnary(op, clean), () => arithmetic.unary(engine, op, numbers)) as Entries as T;
    },
    binary: <T extends Tensor | Entries>(op: Binary, a: T, b: T | number): T => {
      if (isEntries(a)) {
        if (typeof b !== "number") checkSameCodes("binary", a, b);
        const [left, right] = [a as TfEntries, b as TfEntries | number];
        const numbers = typeof right === "number" ? right : right.t;
        const clean = cleanBinary(op, left.clean, typeof right === "number" ? right : right.clean);
        return entries(left.of, clean, () => arithmetic.binary(engine, op, left.t, numbers)) as Entries as T;
      }
      if (typeof b !== "number") checkBroadcast("binary", a as Tensor, b as Tensor);
      return tensor(() => arithmetic.binary(engine, op, t(a as Tensor), b as TfTensor | number)) as Tensor as T;
    },
    sum: (a, axis) =>
      tensor(() => {
        if (isEntries(a)) {
          const values = a as TfEntries;
          return axis === 0 ? values.of.kernels.sumByLatent(values) : tf.sum(values.of.kernels.masked(values));
        }
        return axis === 0 && a.shape.length === 2 ? arithmetic.sumRows(engine, t(a)) : tf.sum(t(a));
      }),
    rowNorms: (rows, blocks) => {
      const widths = checkBlocks("rowNorms", rows, blocks);
      return tensor(() => {
        const norms = arithmetic.rowNorms(engine, t(rows), widths);
        return blocks?.length === 1 ? tf.reshape(norms, [rows.shape[0] as number, 1]) : norms;
      });
    },
    rows: (item, start, count) => {
      checkRows(item, start, count);
      return tensor(() => tf.slice(t(item), start, count));
    },
    reshape: (item, shape) => {
      requireSize("reshape", t(item).size, shape);
      return tensor(() => tf.reshape(t(item), [...shape]));
    },

    select: (x, encoder, selection, selectOptions = {}) => {
      const plan = selectionPlan(x, encoder, selection, selectOptions);
      return select(engine, make, t(x), t(encoder), plan, selection, selectOptions);
    },
    atLatents: (of, perLatent) => {
      requireShape("atLatents", "perLatent", perLatent.shape, [of.latents]);
      return entries(of as TfCodes, false, () => (of as TfCodes).kernels.atLatents(t(perLatent)));
    },
    decode: (values, decoder) => {
      checkDecoder("decode", values.of, decoder);
      const { kernels } = (values as TfEntries).of;
      return tensors(() => kernels.decode(values as TfEntries, t(decoder)));
    },
    dot: (of, errors, decoder) => {
      checkDecoder("dot", of, decoder, errors);
      return entries(of as TfCodes, false, () => (of as TfCodes).kernels.dot(errors.map(t), t(decoder)));
    },
    fired: (active, samplesSince) => {
      requireShape("fired", "samplesSince", samplesSince.shape, [active.of.latents]);
      return tensor(() => {
        const last = (active as TfEntries).of.kernels.lastActive(active as TfEntries);
        const silent = tf.mul(t(samplesSince), tf.sub(1, arithmetic.step(engine, last)));
        return tf.sub(tf.add(silent, active.of.batch), last);
      });
    },

    update: (updates, step) => {
      checkUpdates(updates, step);
      const norm = update(engine, updates, step);
      return norm && tensor(() => norm);
    },
    setRows: (p, latents, rows) => {
      checkSetRows(p.value, latents, rows);
      setRows(engine, p as TfParameter, latents, t(rows));
    },
  };
}

function withOptions(engine: Engine, { codes, fused = true }: TfjsOptions): Engine {
  const { native, ...rest } = engine;
  const layout = codes === undefined ? {} : { onHost: codes === "host", pairs: codes === "pairs" };
  return { ...rest, ...layout, ...(fused && native && { native }) };
}

function describe({ tf, name, native }: Engine, more?: string): string {
  const parts = [`tfjs-core ${tf.version_core}`, `engine ${name}`, native && "fused Adam", more];
  return parts.filter((part) => part !== undefined).join(", ");
}
