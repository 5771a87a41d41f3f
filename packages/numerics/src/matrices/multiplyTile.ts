import type { Mat } from "./mat.js";

/** Rows of a tile of results. */
export const HEIGHT = 3;
/** Columns of a tile of results. */
export const WIDTH = 2;
/** Largest inner size at once. */
export const DEPTH = 0x3ff;
/** Numbers of B in cache at once. */
export const BLOCK = 0x20000;

// Buffers of the module, and literal bounds in the loop: with sizes and places known to the compiler it is half again as fast.
const x = new Float64Array(HEIGHT * (DEPTH + 1));
const y = new Float64Array(BLOCK + WIDTH * (DEPTH + 1));
const sums = new Float64Array(HEIGHT * WIDTH);

/** One side of a product: item i, entry k at `data[i * outerStep + k * innerStep]`. */
export interface Strided {
  readonly outer: number;
  readonly inner: number;
  readonly data: Float64Array;
  readonly outerStep: number;
  readonly innerStep: number;
}

/** The rows of a matrix, or its columns. */
export function strided({ rows, cols, data }: Mat, columns: boolean): Strided {
  return columns
    ? { outer: cols, inner: rows, data, outerStep: 1, innerStep: cols }
    : { outer: rows, inner: cols, data, outerStep: cols, innerStep: 1 };
}

/** The items of A in groups of HEIGHT, each side by side, entry by entry; zeros beyond the last. */
export function leftPanels(side: Strided, start: number, depth: number): Float64Array {
  const panels = new Float64Array(Math.ceil(side.outer / HEIGHT) * HEIGHT * depth);
  for (let item = 0; item < side.outer; item++) {
    const lane = item % HEIGHT;
    pack(side, item, start, depth, panels, (item - lane) * depth + lane, HEIGHT);
  }
  return panels;
}

/** Makes the group of A that begins with an item the current one. */
export function loadLeft(panels: Float64Array, item: number, depth: number): void {
  x.set(panels.subarray(item * depth, (item + HEIGHT) * depth));
}

/** Packs the items of B from `from` to `to` in groups of WIDTH; the group of an item begins at (item - from) * depth. */
export function packRight(side: Strided, from: number, to: number, start: number, depth: number): void {
  for (let item = from; item < to; item += WIDTH) {
    for (let lane = 0; lane < WIDTH; lane++) {
      pack(side, item + lane, start, depth, y, (item - from) * depth + lane, WIDTH);
    }
  }
}

/** Copies an item to every `step`-th place; zeros where it lies beyond the last. */
function pack(
  { outer, data, outerStep, innerStep }: Strided,
  item: number,
  start: number,
  depth: number,
  into: Float64Array,
  at: number,
  step: number,
): void {
  const from = item * outerStep + start * innerStep;
  const inside = item < outer;
  for (let k = 0; k < depth; k++) into[at + k * step] = inside ? (data[from + k * innerStep] as number) : 0;
}

/** Sums of products of the current items of A with those of B from `offset` on. */
export function tile(depth: number, offset: number): void {
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  let s20 = 0;
  let s21 = 0;
  const end = depth & 0x3ff;
  const base = offset & 0x1ffff;
  for (let k = 0; k < end; k++) {
    const x0 = x[3 * k] as number;
    const x1 = x[3 * k + 1] as number;
    const x2 = x[3 * k + 2] as number;
    const y0 = y[base + 2 * k] as number;
    s00 += x0 * y0;
    s10 += x1 * y0;
    s20 += x2 * y0;
    const y1 = y[base + 2 * k + 1] as number;
    s01 += x0 * y1;
    s11 += x1 * y1;
    s21 += x2 * y1;
  }
  sums[0] = s00;
  sums[1] = s01;
  sums[2] = s10;
  sums[3] = s11;
  sums[4] = s20;
  sums[5] = s21;
}

/** Adds the sums at (i, j), within the matrix. */
export function addTile({ rows, cols, data }: Mat, i: number, j: number): void {
  const height = Math.min(HEIGHT, rows - i);
  const width = Math.min(WIDTH, cols - j);
  for (let a = 0; a < height; a++) {
    const at = (i + a) * cols + j;
    for (let b = 0; b < width; b++) data[at + b] = (data[at + b] as number) + (sums[a * WIDTH + b] as number);
  }
}
