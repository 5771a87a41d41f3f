import type { Backend, Codes, Entries, Parameter, Selected, SelectOptions, Tensor, Update } from "./backend.js";
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
  isList,
} from "./checks.js";
import { type SelectionPlan, selectionPlan } from "./selectionPlan.js";
import { requireShape, requireSize, sizeOf } from "./shapes.js";

/** What a backend holds. */
export type Value = Tensor | Codes | Entries | Parameter;

/** A backend that trusts its arguments: {@link checked} makes a {@link Backend} of it. */
export interface Kernels extends Omit<Backend, "select"> {
  /** As {@link Backend.select}, from a checked plan. */
  select(x: Tensor, encoder: Tensor, plan: SelectionPlan, options: SelectOptions): Selected;
  /** Whether a value was made here and is not freed. */
  holds(item: Value): boolean;
}

/**
 * The backend whose methods refuse values that are freed or foreign, with a TypeError, and shapes and numbers that do not fit, with a
 * RangeError, before a kernel runs. The messages name the method and the argument.
 */
export function checked(kernels: Kernels): Backend {
  const { holds, ...unchecked } = kernels;
  const live = (where: string, values: Readonly<Record<string, Value | number | undefined>>): void => {
    for (const what in values) {
      const item = values[what];
      if (item === undefined || typeof item === "number" || (typeof item === "object" && holds(item))) continue;
      throw new TypeError(
        `${where}: ${what} must be a live value of this backend, got a freed or foreign one; make it with this backend, outside of scopes that free it`,
      );
    }
  };

  return {
    ...unchecked,

    tensor: (data, shape) => {
      requireSize("tensor", data.length, shape);
      return kernels.tensor(data, shape);
    },
    parameter: (shape, state) => {
      const { value, first = value, second = value } = state;
      for (const numbers of [value, first, second]) requireSize("parameter", numbers.length, shape);
      return kernels.parameter(shape, state);
    },
    read: async (t) => {
      live("read", { t });
      return kernels.read(t);
    },
    readEntries: async (entries) => {
      live("readEntries", { entries });
      return kernels.readEntries(entries);
    },
    readState: async (p) => {
      live("readState", { p });
      return kernels.readState(p);
    },

    matMul: (a, b, options = {}) => {
      live("matMul", { a, b });
      checkMatMul(a, b, options.transposeA === true, options.transposeB === true);
      return kernels.matMul(a, b, options);
    },
    unary: (op, a) => {
      live("unary", { a });
      return kernels.unary(op, a);
    },
    binary: (op, a, b) => {
      live("binary", { a, b });
      if (typeof b !== "number")
        isEntries(a) ? checkSameCodes("binary", a, b) : checkBroadcast("binary", a, b as Tensor);
      return kernels.binary(op, a, b);
    },
    sum: (a, axis) => {
      live("sum", { a });
      return kernels.sum(a, axis);
    },
    rowNorms: (rows, blocks) => {
      live("rowNorms", { rows });
      checkBlocks("rowNorms", rows, blocks);
      return kernels.rowNorms(rows, blocks);
    },
    rows: (t, start, count) => {
      live("rows", { t });
      checkRows(t, start, count);
      return kernels.rows(t, start, count);
    },
    reshape: (t, shape) => {
      live("reshape", { t });
      requireSize("reshape", sizeOf(t.shape), shape);
      return kernels.reshape(t, shape);
    },

    select: (x, encoder, selection, options = {}) => {
      const theta = selection.kind === "threshold" ? selection.theta : undefined;
      live("select", { x, encoder, theta, bias: options.bias, "auxiliary.among": options.auxiliary?.among });
      return kernels.select(x, encoder, selectionPlan(x, encoder, selection, options), options);
    },
    atLatents: (codes, perLatent) => {
      live("atLatents", { codes, perLatent });
      requireShape("atLatents", "perLatent", perLatent.shape, [codes.latents]);
      return kernels.atLatents(codes, perLatent);
    },
    decode: (values, decoder) => {
      live("decode", { values, decoder });
      checkDecoder("decode", values.of, decoder);
      return kernels.decode(values, decoder);
    },
    dot: (codes, errors, decoder) => {
      live("dot", { codes, decoder });
      for (const error of errors) live("dot", { errors: error });
      checkDecoder("dot", codes, decoder, errors);
      return kernels.dot(codes, errors, decoder);
    },
    fired: (active, samplesSince) => {
      live("fired", { active, samplesSince });
      requireShape("fired", "samplesSince", samplesSince.shape, [active.of.latents]);
      return kernels.fired(active, samplesSince);
    },

    update: (updates, step) => {
      for (const one of updates) for (const values of valuesOf(one)) live("update", values);
      checkUpdates(updates, step);
      return kernels.update(updates, step);
    },
    setRows: (parameter, latents, rows) => {
      live("setRows", { parameter, rows });
      checkSetRows(parameter.value, latents, rows);
      kernels.setRows(parameter, latents, rows);
    },
  };
}

/** What an update reads, by name. */
function* valuesOf({ parameter, gradient }: Update): Generator<Readonly<Record<string, Value | number | undefined>>> {
  yield { parameter };
  if (!("from" in gradient)) return yield { gradient };
  const { from, scale, anchors } = gradient;
  for (const { coefficients, rows } of from) {
    yield { coefficients };
    for (const level of isList(rows) ? rows : [rows]) yield { rows: level };
  }
  yield { scale, "anchors.rows": anchors?.rows };
}
