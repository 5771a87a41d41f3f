import type { Backend, Entries, Tensor } from "./backend.js";

/** Values that arithmetic takes and gives back: tensors, or numbers at stored pairs. */
export type Operand = Tensor | Entries;

/** Elementwise arithmetic of a backend as functions, so that formulas read as formulas; each is one kernel. */
export interface Algebra {
  /** a + b. */
  add<T extends Operand>(a: T, b: T | number): T;
  /** a - b. */
  sub<T extends Operand>(a: T, b: T | number): T;
  /** a b. */
  mul<T extends Operand>(a: T, b: T | number): T;
  /** a / b. */
  div<T extends Operand>(a: T, b: T | number): T;
  /** The smaller of a and b. */
  min<T extends Operand>(a: T, b: T | number): T;
  /** The larger of a and b. */
  max<T extends Operand>(a: T, b: T | number): T;
  /** 1 where a > 0, else 0. */
  step<T extends Operand>(a: T): T;
  /** max(a, 0). */
  relu<T extends Operand>(a: T): T;
  /** tanh a. */
  tanh<T extends Operand>(a: T): T;
  /** e^a. */
  exp<T extends Operand>(a: T): T;
  /** a^2. */
  square<T extends Operand>(a: T): T;
  /** The root of a. */
  sqrt<T extends Operand>(a: T): T;
  /** |a|. */
  abs<T extends Operand>(a: T): T;
  /** Sum of all, a scalar; with axis 0 over rows: `[D]` of a `[B, D]`, `[Q]` of entries. */
  sum(a: Operand, axis?: 0): Tensor;
}

/**
 * The arithmetic of a backend.
 *
 * @example
 * ```ts
 * const { add, mul, square, sum } = algebra(backend);
 * const loss = mul(sum(square(error)), 1 / batch);
 * ```
 */
export const algebra = (backend: Backend): Algebra => ({
  add: (a, b) => backend.binary("add", a, b),
  sub: (a, b) => backend.binary("sub", a, b),
  mul: (a, b) => backend.binary("mul", a, b),
  div: (a, b) => backend.binary("div", a, b),
  min: (a, b) => backend.binary("min", a, b),
  max: (a, b) => backend.binary("max", a, b),
  step: (a) => backend.unary("step", a),
  relu: (a) => backend.unary("relu", a),
  tanh: (a) => backend.unary("tanh", a),
  exp: (a) => backend.unary("exp", a),
  square: (a) => backend.unary("square", a),
  sqrt: (a) => backend.unary("sqrt", a),
  abs: (a) => backend.unary("abs", a),
  sum: (a, axis) => backend.sum(a, axis),
});
