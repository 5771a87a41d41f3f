// Elementwise functions and plain sums.

const STEP = 0;
const RELU = 1;
const SQUARE = 2;
const SQRT = 3;

const ADD = 0;
const SUB = 1;
const MUL = 2;
const DIV = 3;
const MIN = 4;

/** Operands of {@link binary}: elementwise, one number for all, or one row for every row. */
const SAME = 0;
const NUMBER = 1;

/** out = op(a) on numbers [chunk perChunk, (chunk + 1) perChunk). */
export function unary(chunk: i32, thread: i32, op: i32, a: usize, out: usize, count: usize, perChunk: usize): void {
  const first = (<usize>chunk * perChunk) << 2;
  const end = min(first + (perChunk << 2), count << 2);
  if (op == STEP) unarySpan(STEP, a, out, first, end);
  else if (op == RELU) unarySpan(RELU, a, out, first, end);
  else if (op == SQUARE) unarySpan(SQUARE, a, out, first, end);
  else if (op == SQRT) unarySpan(SQRT, a, out, first, end);
  else unarySpan(4, a, out, first, end);
}

// @ts-ignore: decorator
@inline
function unarySpan(op: i32, a: usize, out: usize, first: usize, end: usize): void {
  let c = first;
  for (; c + 16 <= end; c += 16) v128.store(out + c, unaryOf(op, v128.load(a + c)));
  for (; c < end; c += 4) v128.store32_lane(out + c, unaryOf(op, v128.load32_splat(a + c)), 0);
}

// @ts-ignore: decorator
@inline
function unaryOf(op: i32, v: v128): v128 {
  const none = f32x4.splat(0);
  if (op == STEP) return v128.and(f32x4.gt(v, none), f32x4.splat(1));
  if (op == RELU) return f32x4.max(v, none);
  if (op == SQUARE) return f32x4.mul(v, v);
  if (op == SQRT) return f32x4.sqrt(v);
  return f32x4.abs(v);
}

/**
 * out = op(a, b) on rows [chunk rowsPerChunk, (chunk + 1) rowsPerChunk) of `width` numbers, of `count` numbers in all.
 *
 * @param mode - b is elementwise, one number (at address b), or one row
 */
export function binary(
  chunk: i32,
  thread: i32,
  op: i32,
  mode: i32,
  a: usize,
  b: usize,
  out: usize,
  count: usize,
  width: usize,
  rowsPerChunk: usize,
): void {
  const step = width << 2;
  const end = min((<usize>chunk + 1) * rowsPerChunk * step, count << 2);
  for (let start = <usize>chunk * rowsPerChunk * step; start < end; start += step) {
    const bytes = min(step, end - start);
    const right = mode == SAME ? b + start : b;
    if (op == ADD) binarySpan(ADD, mode, a + start, right, out + start, bytes);
    else if (op == SUB) binarySpan(SUB, mode, a + start, right, out + start, bytes);
    else if (op == MUL) binarySpan(MUL, mode, a + start, right, out + start, bytes);
    else if (op == DIV) binarySpan(DIV, mode, a + start, right, out + start, bytes);
    else if (op == MIN) binarySpan(MIN, mode, a + start, right, out + start, bytes);
    else binarySpan(5, mode, a + start, right, out + start, bytes);
  }
}

// @ts-ignore: decorator
@inline
function binarySpan(op: i32, mode: i32, a: usize, b: usize, out: usize, bytes: usize): void {
  let c: usize = 0;
  if (mode == NUMBER) {
    const number = v128.load32_splat(b);
    for (; c + 16 <= bytes; c += 16) v128.store(out + c, binaryOf(op, v128.load(a + c), number));
    for (; c < bytes; c += 4) v128.store32_lane(out + c, binaryOf(op, v128.load32_splat(a + c), number), 0);
  } else {
    for (; c + 16 <= bytes; c += 16) v128.store(out + c, binaryOf(op, v128.load(a + c), v128.load(b + c)));
    for (; c < bytes; c += 4) {
      v128.store32_lane(out + c, binaryOf(op, v128.load32_splat(a + c), v128.load32_splat(b + c)), 0);
    }
  }
}

// @ts-ignore: decorator
@inline
function binaryOf(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUB) return f32x4.sub(a, b);
  if (op == MUL) return f32x4.mul(a, b);
  if (op == DIV) return v128.andnot(f32x4.div(a, b), f32x4.eq(b, f32x4.splat(0)));
  if (op == MIN) return f32x4.min(a, b);
  return f32x4.max(a, b);
}

/** Float64 sum of the numbers of a chunk, written to `sums[chunk]`. */
export function sumChunk(chunk: i32, thread: i32, a: usize, count: usize, perChunk: usize, sums: usize): void {
  const first = <usize>chunk * perChunk;
  store<f64>(sums + (<usize>chunk << 3), sumSpan(a + (first << 2), min(perChunk, count - first)));
}

/** Float64 sum of `count` numbers. */
export function sumSpan(a: usize, count: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let n: usize = 0;
  for (; n + 4 <= count; n += 4) {
    const v = v128.load(a + (n << 2));
    s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v));
    s1 = f64x2.add(s1, f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1)));
  }
  const both = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; n < count; n++) sum += <f64>load<f32>(a + (n << 2));
  return sum;
}

/** Float64 sum of squares of `count` numbers. */
export function squareSum(a: usize, count: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let n: usize = 0;
  for (; n + 4 <= count; n += 4) {
    const v = v128.load(a + (n << 2));
    const low = f64x2.promote_low_f32x4(v);
    const high = f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
  }
  const both = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; n < count; n++) {
    const v = <f64>load<f32>(a + (n << 2));
    sum += v * v;
  }
  return sum;
}

/** Sums over rows of columns [chunk perChunk, (chunk + 1) perChunk), in float64. */
export function columnSums(
  chunk: i32,
  thread: i32,
  a: usize,
  rows: usize,
  width: usize,
  out: usize,
  perChunk: usize,
): void {
  const end = min((<usize>chunk + 1) * perChunk, width);
  const step = width << 2;
  let c = <usize>chunk * perChunk;
  for (; c + 4 <= end; c += 4) {
    let low = f64x2.splat(0);
    let high = low;
    let p = a + (c << 2);
    for (let i: usize = 0; i < rows; i++) {
      const v = v128.load(p);
      low = f64x2.add(low, f64x2.promote_low_f32x4(v));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1)));
      p += step;
    }
    const sums = i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
    v128.store(out + (c << 2), sums);
  }
  for (; c < end; c++) {
    let sum: f64 = 0;
    for (let i: usize = 0; i < rows; i++) sum += <f64>load<f32>(a + i * step + (c << 2));
    store<f32>(out + (c << 2), <f32>sum);
  }
}

/** Euclidean norm of each of the column blocks (uint32 widths) of each row of a chunk. */
export function rowNorms(
  chunk: i32,
  thread: i32,
  a: usize,
  rows: usize,
  width: usize,
  blocks: usize,
  blockCount: usize,
  out: usize,
  rowsPerChunk: usize,
): void {
  const first = <usize>chunk * rowsPerChunk;
  for (let i = first; i < min(first + rowsPerChunk, rows); i++) {
    let p = a + i * (width << 2);
    for (let s: usize = 0; s < blockCount; s++) {
      const block = <usize>load<u32>(blocks + (s << 2));
      store<f32>(out + ((i * blockCount + s) << 2), <f32>sqrt<f64>(squareSum(p, block)));
      p += block << 2;
    }
  }
}

/** Float64 sum of squares of the numbers of a chunk, written to `sums[chunk]`. */
export function squareChunk(chunk: i32, thread: i32, a: usize, count: usize, perChunk: usize, sums: usize): void {
  const first = <usize>chunk * perChunk;
  store<f64>(sums + (<usize>chunk << 3), squareSum(a + (first << 2), min(perChunk, count - first)));
}
