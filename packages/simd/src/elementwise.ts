import type { Binary, Unary } from "@monosema/tensor";
import type { Core } from "./core.js";

/** Numbers of one chunk of elementwise work: below that a second thread does not pay. */
const perChunk = 32_768;

const unaryCodes = { step: 0, relu: 1, square: 2, sqrt: 3, abs: 4 } as const;
const binaryCodes = { add: 0, sub: 1, mul: 2, div: 3, min: 4, max: 5 } as const satisfies Record<Binary, number>;

/** The right side of {@link binary}: as many numbers as the left side, one number, or a row for each of its rows. */
export type Right =
  | { readonly mode: "same"; readonly pointer: number }
  | { readonly mode: "number"; readonly value: number }
  | { readonly mode: "row"; readonly pointer: number; readonly width: number };

/** out = op(a) on `count` numbers; tanh and exp in float64. */
export function unary({ heap, pool }: Core, op: Unary, a: number, out: number, count: number): void {
  if (op === "tanh" || op === "exp") {
    const f = op === "tanh" ? Math.tanh : Math.exp;
    const from = heap.f32(a, count);
    const to = heap.f32(out, count);
    for (let n = 0; n < count; n++) to[n] = f(from[n] as number);
    return;
  }
  pool.run("unary", Math.ceil(count / perChunk), unaryCodes[op], a, out, count, perChunk);
}

/** out = op(a, b) on `count` numbers. */
export function binary(core: Core, op: Binary, a: number, b: Right, out: number, count: number): void {
  const { heap, pool } = core;
  const code = binaryCodes[op];
  if (b.mode === "number") {
    core.temporary((allocate) => {
      const number = allocate(4);
      heap.f32(number, 1)[0] = b.value;
      pool.run("binary", Math.ceil(count / perChunk), code, 1, a, number, out, count, perChunk, 1);
    });
  } else if (b.mode === "same") {
    pool.run("binary", Math.ceil(count / perChunk), code, 0, a, b.pointer, out, count, perChunk, 1);
  } else {
    const rows = Math.ceil(perChunk / b.width);
    const chunks = Math.ceil(count / (rows * b.width));
    pool.run("binary", chunks, code, 2, a, b.pointer, out, count, b.width, rows);
  }
}

/** Float64 sum of `count` numbers, by chunks of fixed size. */
export function sum(core: Core, a: number, count: number): number {
  const chunks = Math.ceil(count / perChunk);
  return core.temporary((allocate) => {
    const sums = allocate(8 * chunks);
    core.pool.run("sumChunk", chunks, a, count, perChunk, sums);
    return core.heap.f64(sums, chunks).reduce((total, part) => total + part, 0);
  });
}

/** Sums of the columns of a `[rows, width]`. */
export function columnSums({ pool }: Core, a: number, rows: number, width: number, out: number): void {
  const columns = Math.max(32, Math.ceil(perChunk / rows / 32) * 32);
  pool.run("columnSums", Math.ceil(width / columns), a, rows, width, out, columns);
}
