// Copies of the encoder in the layout and precision that the tiles read, with what bounds their error.
import { squareSum } from "./arithmetic";
import { fma, horizontalMax, horizontalSum, zero } from "./vector";

/** Kinds of copies. */
export const FLOAT = 0;
export const SHORT = 1;
export const BYTE = 2;

/** Copy of one encoder; arrays per latent are padded to whole panels. */
@unmanaged
export class EncoderCopy {
  kind: i32;
  /** Columns of a panel: 8 or 16. */
  columns: usize;
  /** Steps of a tile's loop. */
  depth: usize;
  /** Bytes of a panel. */
  panelBytes: usize;
  panels: usize;
  /** float32: size of one unit of the whole numbers. */
  scale: usize;
  /** float32: norm of row minus copy, rounded up. */
  delta: usize;
  /** float32: norm of the row, rounded up. */
  norm: usize;
  /** int32: start of the sums: minus offset times the sum of the row. */
  start: usize;
  rows: usize;
  width: usize;
  /** Largest whole number. */
  limit: f32;
  /** Added to the whole numbers of the samples. */
  offset: i32;
  /** Above 1 by the rounding of a norm. */
  roundUp: f32;
}

/** Rows that one chunk copies: whole panels of every kind. */
export const COPY_ROWS: usize = 48;

/** Copies the rows of chunk `chunk`, and zeros behind the last row. */
export function copyEncoder(chunk: i32, thread: i32, encoder: usize, copyAt: usize): void {
  const first = <usize>chunk * COPY_ROWS;
  copyRows(changetype<EncoderCopy>(copyAt), encoder, first, first + COPY_ROWS);
}

/** Copies rows [first, last) of the encoder; `first` starts a panel. */
export function copyRows(copy: EncoderCopy, encoder: usize, first: usize, last: usize): void {
  const columns = copy.columns;
  const padded = (copy.rows + 15) & ~15;
  const end = min(last, padded);
  if (copy.kind == FLOAT) {
    for (let j = first; j < end; j += columns) packFloat(copy, encoder, j);
  } else {
    let j = first;
    for (; j + 4 <= min(end, copy.rows); j += 4) quantise4(copy, encoder, j);
    for (; j < end; j++) quantise(copy, encoder, j);
  }
}

function packFloat(copy: EncoderCopy, encoder: usize, first: usize): void {
  const width = copy.width;
  const bytes = width << 2;
  const step = copy.columns << 2;
  const valid = first < copy.rows ? min(copy.columns, copy.rows - first) : 0;
  const panel = copy.panels + (first / copy.columns) * copy.panelBytes;
  for (let j: usize = 0; j < copy.columns; j += 4) {
    const row = encoder + (first + j) * bytes;
    const to = panel + (j << 2);
    if (j + 4 <= valid) transpose4(row, bytes, to, step);
    else {
      for (let r: usize = 0; r < 4; r++) {
        const inside = j + r < valid;
        for (let k: usize = 0; k < width; k++) {
          store<f32>(to + k * step + (r << 2), inside ? load<f32>(row + r * bytes + (k << 2)) : 0);
        }
      }
    }
  }
  for (let j: usize = 0; j < copy.columns; j++) {
    const square = j < valid ? squareSum(encoder + (first + j) * bytes, width) : 0;
    store<f32>(copy.norm + ((first + j) << 2), <f32>sqrt<f64>(square) * copy.roundUp);
  }
}

/** Writes 4 rows as columns. */
function transpose4(row: usize, bytes: usize, to: usize, step: usize): void {
  let k: usize = 0;
  for (; k + 16 <= bytes; k += 16) {
    const r0 = v128.load(row + k);
    const r1 = v128.load(row + bytes + k);
    const r2 = v128.load(row + 2 * bytes + k);
    const r3 = v128.load(row + 3 * bytes + k);
    const x0 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
    const x1 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
    const x2 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
    const x3 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
    v128.store(to, i64x2.shuffle(x0, x1, 0, 2));
    v128.store(to + step, i64x2.shuffle(x0, x1, 1, 3));
    v128.store(to + 2 * step, i64x2.shuffle(x2, x3, 0, 2));
    v128.store(to + 3 * step, i64x2.shuffle(x2, x3, 1, 3));
    to += 4 * step;
  }
  for (; k < bytes; k += 4) {
    for (let r: usize = 0; r < 4; r++) store<f32>(to + (r << 2), load<f32>(row + r * bytes + k));
    to += step;
  }
}

export function largestMagnitude(row: usize, width: usize): f32 {
  const bytes = width << 2;
  let m = zero();
  let n = zero();
  let o = zero();
  let p = zero();
  let c: usize = 0;
  for (; c + 64 <= bytes; c += 64) {
    m = f32x4.pmax(m, f32x4.abs(v128.load(row + c)));
    n = f32x4.pmax(n, f32x4.abs(v128.load(row + c, 16)));
    o = f32x4.pmax(o, f32x4.abs(v128.load(row + c, 32)));
    p = f32x4.pmax(p, f32x4.abs(v128.load(row + c, 48)));
  }
  for (; c + 16 <= bytes; c += 16) m = f32x4.pmax(m, f32x4.abs(v128.load(row + c)));
  let largest = horizontalMax(f32x4.pmax(f32x4.pmax(m, n), f32x4.pmax(o, p)));
  for (; c < bytes; c += 4) largest = max<f32>(largest, abs<f32>(load<f32>(row + c)));
  return largest;
}

/** The nearest whole number to |v| < 2^22, as float32 and as int32: adding 1.5 * 2^23 rounds to even. */
const MAGIC: f32 = 12582912;
const MAGIC_BITS: i32 = 0x4b400000;

/** Four rows in whole numbers of 8 or 16 bits: every step writes a word of 4 bytes of each row. */
function quantise4(copy: EncoderCopy, encoder: usize, j: usize): void {
  const bytes = copy.width << 2;
  const row0 = encoder + j * bytes;
  const row1 = row0 + bytes;
  const row2 = row1 + bytes;
  const row3 = row2 + bytes;
  const step = copy.columns << 2;
  let to = panelOf(copy, j);
  const largest0 = rangeOf(row0, copy.width);
  const largest1 = rangeOf(row1, copy.width);
  const largest2 = rangeOf(row2, copy.width);
  const largest3 = rangeOf(row3, copy.width);
  const inverse0 = f32x4.splat(copy.limit / largest0);
  const inverse1 = f32x4.splat(copy.limit / largest1);
  const inverse2 = f32x4.splat(copy.limit / largest2);
  const inverse3 = f32x4.splat(copy.limit / largest3);
  const short = copy.kind == SHORT;
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    const w0 = wholeOf(v128.load(row0 + c), inverse0);
    const w1 = wholeOf(v128.load(row1 + c), inverse1);
    const w2 = wholeOf(v128.load(row2 + c), inverse2);
    const w3 = wholeOf(v128.load(row3 + c), inverse3);
    const low = i16x8.narrow_i32x4_s(w0, w1);
    const high = i16x8.narrow_i32x4_s(w2, w3);
    if (short) {
      v128.store(to, i32x4.shuffle(low, high, 0, 2, 4, 6));
      v128.store(to + step, i32x4.shuffle(low, high, 1, 3, 5, 7));
      to += 2 * step;
    } else {
      v128.store(to, i8x16.narrow_i16x8_s(low, high));
      to += step;
    }
  }
  finishRow(copy, row0, j, largest0, c, to);
  finishRow(copy, row1, j + 1, largest1, c, to + 4);
  finishRow(copy, row2, j + 2, largest2, c, to + 8);
  finishRow(copy, row3, j + 3, largest3, c, to + 12);
}

/** One row, or zeros behind the last one. */
function quantise(copy: EncoderCopy, encoder: usize, j: usize): void {
  const step = copy.columns << 2;
  const to = panelOf(copy, j);
  const at = j << 2;
  if (j < copy.rows) {
    const row = encoder + j * (copy.width << 2);
    finishRow(copy, row, j, rangeOf(row, copy.width), 0, to);
    return;
  }
  for (let k: usize = 0; k < copy.depth; k++) store<i32>(to + k * step, 0);
  store<f32>(copy.scale + at, 0);
  store<f32>(copy.delta + at, 0);
  store<f32>(copy.norm + at, 0);
  store<i32>(copy.start + at, 0);
}

// @ts-ignore: decorator
@inline
function panelOf(copy: EncoderCopy, j: usize): usize {
  return copy.panels + (j / copy.columns) * copy.panelBytes + ((j % copy.columns) << 2);
}

function rangeOf(row: usize, width: usize): f32 {
  return max<f32>(largestMagnitude(row, width), 1e-30);
}

// @ts-ignore: decorator
@inline
function wholeOf(v: v128, inverse: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(v, inverse), f32x4.splat(MAGIC)), i32x4.splat(MAGIC_BITS));
}

/** Writes the words of a row from byte `from` on (where it is a multiple of 16), and what bounds the error of the whole row. */
function finishRow(copy: EncoderCopy, row: usize, j: usize, largest: f32, from: usize, to: usize): void {
  const bytes = copy.width << 2;
  const step = copy.columns << 2;
  const short = copy.kind == SHORT;
  const unit = largest / copy.limit;
  const perUnit = copy.limit / largest;
  const inverse = f32x4.splat(perUnit);
  let sum = i32x4.splat(0);
  let error = zero();
  let otherError = zero();
  let square = zero();
  let otherSquare = zero();
  let c: usize = 0;
  for (; c + 32 <= from; c += 32) {
    const v = v128.load(row + c);
    const w = v128.load(row + c, 16);
    const first = wholeOf(v, inverse);
    const second = wholeOf(w, inverse);
    const exact = f32x4.mul(v, inverse);
    const otherExact = f32x4.mul(w, inverse);
    const rest = f32x4.sub(exact, f32x4.convert_i32x4_s(first));
    const otherRest = f32x4.sub(otherExact, f32x4.convert_i32x4_s(second));
    error = fma(rest, rest, error);
    otherError = fma(otherRest, otherRest, otherError);
    square = fma(exact, exact, square);
    otherSquare = fma(otherExact, otherExact, otherSquare);
    sum = i32x4.add(sum, i32x4.add(first, second));
  }
  error = f32x4.add(error, otherError);
  square = f32x4.add(square, otherSquare);
  for (; c + 16 <= bytes; c += 16) {
    const v = v128.load(row + c);
    const whole = wholeOf(v, inverse);
    const exact = f32x4.mul(v, inverse);
    const rest = f32x4.sub(exact, f32x4.convert_i32x4_s(whole));
    error = fma(rest, rest, error);
    square = fma(exact, exact, square);
    sum = i32x4.add(sum, whole);
    if (c >= from) to = putWords(to, step, whole, short);
  }
  let errors = horizontalSum(error);
  let squared = horizontalSum(square);
  const pair = i32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
  let total = i32x4.extract_lane(pair, 0) + i32x4.extract_lane(pair, 1);
  if (c < bytes) {
    let last = i32x4.splat(0);
    for (let i = 0; c < bytes; c += 4, i++) {
      const v = load<f32>(row + c);
      const whole = reinterpret<i32>(v * perUnit + MAGIC) - MAGIC_BITS;
      const rest = v * perUnit - <f32>whole;
      errors += rest * rest;
      squared += v * perUnit * (v * perUnit);
      total += whole;
      if (i == 0) last = i32x4.replace_lane(last, 0, whole);
      else if (i == 1) last = i32x4.replace_lane(last, 1, whole);
      else last = i32x4.replace_lane(last, 2, whole);
    }
    putWords(to, step, last, short);
  }
  const at = j << 2;
  store<f32>(copy.scale + at, unit);
  store<f32>(copy.delta + at, unit * sqrt<f32>(errors) * copy.roundUp);
  store<f32>(copy.norm + at, unit * sqrt<f32>(squared) * copy.roundUp);
  store<i32>(copy.start + at, -copy.offset * total);
}

/** Writes 4 whole numbers as one word of bytes, or as two words of 16 bits; returns where the next one goes. */
// @ts-ignore: decorator
@inline
export function putWords(to: usize, step: usize, numbers: v128, short: bool): usize {
  if (short) {
    const words = i8x16.shuffle(numbers, numbers, 0, 1, 4, 5, 8, 9, 12, 13, 0, 1, 4, 5, 8, 9, 12, 13);
    store<i32>(to, i32x4.extract_lane(words, 0));
    store<i32>(to + step, i32x4.extract_lane(words, 1));
    return to + 2 * step;
  }
  const bytes = i8x16.shuffle(numbers, numbers, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  store<i32>(to, i32x4.extract_lane(bytes, 0));
  return to + step;
}
