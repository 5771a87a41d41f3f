import { freshModule, trialCalls } from "./trials.js";

/**
 * What `i32x4.relaxed_dot_i8x16_i7x16_add_s` computes of signed bytes a and bytes b here: b read as `unsigned`, as `signed`, right for
 * b from 0 to 127 only (`7bit`), or not even that (`inexact`).
 */
export type RelaxedDot = "unsigned" | "signed" | "7bit" | "inexact";

/** Vectors of a call. */
const vectors = 128;

/** Smallest and largest a, smallest and largest b. */
const sevenBits = [
  [-127, 127, 0, 127],
  [127, 127, 127, 127],
  [-127, -127, 127, 127],
] as const;
const eightBits = [
  [-127, 127, 0, 255],
  [127, 127, 255, 255],
  [-127, -127, 255, 255],
] as const;

/** Tries the instruction out on random and on extreme bytes, from the first call of a fresh instance on. */
export function relaxedDot(kernel: Uint8Array): RelaxedDot {
  const meaning = (cases: typeof sevenBits | typeof eightBits, shift: number) =>
    cases.map((range, i) => tryRange(freshModule(kernel, shift + i), range));
  const seven = meaning(sevenBits, 0);
  if (!seven.every(({ unsigned }) => unsigned)) return "inexact";
  const eight = meaning(eightBits, sevenBits.length);
  if (eight.every(({ unsigned }) => unsigned)) return "unsigned";
  return eight.every(({ signed }) => signed) ? "signed" : "7bit";
}

function tryRange(
  module: WebAssembly.Module,
  [lowA, highA, lowB, highB]: readonly [number, number, number, number],
): { readonly unsigned: boolean; readonly signed: boolean } {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const { dots } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    dots: (a: number, b: number, out: number, count: number) => void;
  };
  const bytes = 16 * vectors;
  const [atA, atB, atOut] = [65_536, 65_536 + bytes, 65_536 + 2 * bytes];
  const a = new Int8Array(memory.buffer, atA, bytes);
  const b = new Uint8Array(memory.buffer, atB, bytes);
  const out = new Int32Array(memory.buffer, atOut, 4 * vectors);
  const unsigned = new Int32Array(out.length).fill(7);
  const signed = new Int32Array(out.length).fill(7);
  let state = 1;
  const between = (low: number, high: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + Math.floor((state / 2 ** 32) * (high - low + 1));
  };
  for (let i = 0; i < bytes; i++) {
    const [x, y] = [between(lowA, highA), between(lowB, highB)];
    a[i] = x;
    b[i] = y;
    unsigned[i >> 2] = (unsigned[i >> 2] as number) + x * y;
    signed[i >> 2] = (signed[i >> 2] as number) + x * ((y << 24) >> 24);
  }
  const result = { unsigned: true, signed: true };
  for (const looks of trialCalls()) {
    if (looks) out.fill(7);
    dots(atA, atB, atOut, vectors);
    if (!looks) continue;
    result.unsigned &&= same(out, unsigned);
    result.signed &&= same(out, signed);
  }
  return result;
}

function same(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
