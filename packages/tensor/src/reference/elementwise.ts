import type { Binary, Unary } from "../backend.js";

/** One elementwise function of the reference backend. */
export const unaryOf: Readonly<Record<Unary, (x: number) => number>> = {
  step: (x) => (x > 0 ? 1 : 0),
  relu: (x) => Math.max(x, 0),
  tanh: Math.tanh,
  exp: Math.exp,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  abs: Math.abs,
};

/** One elementwise operator of the reference backend. */
export const binaryOf: Readonly<Record<Binary, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => (y === 0 ? 0 : x / y),
  min: Math.min,
  max: Math.max,
};
