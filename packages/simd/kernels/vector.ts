// Sums over rows of float32 numbers. Lengths need not be multiples of anything.

/** a b + c, fused where the build has it. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function zero(): v128 {
  return f32x4.splat(0);
}

// @ts-ignore: decorator
@inline
export function horizontalSum(v: v128): f32 {
  const pairs = f32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

// @ts-ignore: decorator
@inline
export function horizontalMax(v: v128): f32 {
  const pairs = f32x4.max(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return max<f32>(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** <a, b> in float32, at most `width / 8 + 8` additions deep. */
export function dot(a: usize, b: usize, width: usize): f32 {
  const bytes = width << 2;
  let s = zero();
  let t = zero();
  let c: usize = 0;
  for (; c + 32 <= bytes; c += 32) {
    s = fma(v128.load(a + c), v128.load(b + c), s);
    t = fma(v128.load(a + c, 16), v128.load(b + c, 16), t);
  }
  return dotEnd(s, t, a, b, c, bytes);
}

/**
 * {@link dot} of a with four rows, bit for bit, written to four places. Rows that lie far apart arrive from memory side by side.
 */
export function dot4(a: usize, b0: usize, b1: usize, b2: usize, b3: usize, width: usize, out: usize): void {
  const bytes = width << 2;
  let s0 = zero();
  let t0 = zero();
  let s1 = zero();
  let t1 = zero();
  let s2 = zero();
  let t2 = zero();
  let s3 = zero();
  let t3 = zero();
  let c: usize = 0;
  for (; c + 32 <= bytes; c += 32) {
    const u = v128.load(a + c);
    const v = v128.load(a + c, 16);
    s0 = fma(u, v128.load(b0 + c), s0);
    t0 = fma(v, v128.load(b0 + c, 16), t0);
    s1 = fma(u, v128.load(b1 + c), s1);
    t1 = fma(v, v128.load(b1 + c, 16), t1);
    s2 = fma(u, v128.load(b2 + c), s2);
    t2 = fma(v, v128.load(b2 + c, 16), t2);
    s3 = fma(u, v128.load(b3 + c), s3);
    t3 = fma(v, v128.load(b3 + c, 16), t3);
  }
  store<f32>(out, dotEnd(s0, t0, a, b0, c, bytes));
  store<f32>(out, dotEnd(s1, t1, a, b1, c, bytes), 4);
  store<f32>(out, dotEnd(s2, t2, a, b2, c, bytes), 8);
  store<f32>(out, dotEnd(s3, t3, a, b3, c, bytes), 12);
}

/** The sum of both accumulators and of the numbers behind the last pair of vectors. */
// @ts-ignore: decorator
@inline
function dotEnd(s: v128, t: v128, a: usize, b: usize, from: usize, bytes: usize): f32 {
  let sum = s;
  let c = from;
  if (c + 16 <= bytes) {
    sum = fma(v128.load(a + c), v128.load(b + c), sum);
    c += 16;
  }
  let total = horizontalSum(f32x4.add(sum, t));
  for (; c < bytes; c += 4) total += load<f32>(a + c) * load<f32>(b + c);
  return total;
}

/** {@link dot} of a with the rows of `count` listed latents (int32), bit for bit. */
export function dotListed(a: usize, rows: usize, latents: usize, count: usize, width: usize, out: usize): void {
  const bytes = width << 2;
  let n: usize = 0;
  for (; n + 4 <= count; n += 4) {
    const at = latents + (n << 2);
    const row0 = rows + <usize>load<i32>(at) * bytes;
    const row1 = rows + <usize>load<i32>(at, 4) * bytes;
    const row2 = rows + <usize>load<i32>(at, 8) * bytes;
    const row3 = rows + <usize>load<i32>(at, 12) * bytes;
    dot4(a, row0, row1, row2, row3, width, out + (n << 2));
  }
  for (; n < count; n++) store<f32>(out + (n << 2), dot(a, rows + <usize>load<i32>(latents + (n << 2)) * bytes, width));
}

/** Float64 copy of a row. */
export function widen(from: usize, to: usize, width: usize): void {
  let c: usize = 0;
  for (; c + 4 <= width; c += 4) {
    const v = v128.load(from + (c << 2));
    v128.store(to + (c << 3), f64x2.promote_low_f32x4(v));
    v128.store(to + (c << 3), f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1)), 16);
  }
  for (; c < width; c++) store<f64>(to + (c << 3), <f64>load<f32>(from + (c << 2)));
}

/**
 * <a, b> in float64 of a float64 row and a float32 row. Products of two float32 numbers are exact in float64, so the result is the same
 * on every engine, with fused arithmetic or without.
 */
export function dotWide(a: usize, b: usize, width: usize): f64 {
  let s = f64x2.splat(0);
  let t = s;
  let c: usize = 0;
  for (; c + 4 <= width; c += 4) {
    const v = v128.load(b + (c << 2));
    s = f64x2.add(s, f64x2.mul(v128.load(a + (c << 3)), low(v)));
    t = f64x2.add(t, f64x2.mul(v128.load(a + (c << 3), 16), high(v)));
  }
  return dotWideEnd(s, t, a, b, c, width);
}

/** {@link dotWide} of a with four rows, bit for bit, written to four places. */
export function dotWide4(a: usize, b0: usize, b1: usize, b2: usize, b3: usize, width: usize, out: usize): void {
  let s0 = f64x2.splat(0);
  let t0 = s0;
  let s1 = s0;
  let t1 = s0;
  let s2 = s0;
  let t2 = s0;
  let s3 = s0;
  let t3 = s0;
  let c: usize = 0;
  for (; c + 4 <= width; c += 4) {
    const o = c << 2;
    const u = v128.load(a + (c << 3));
    const v = v128.load(a + (c << 3), 16);
    const w0 = v128.load(b0 + o);
    s0 = f64x2.add(s0, f64x2.mul(u, low(w0)));
    t0 = f64x2.add(t0, f64x2.mul(v, high(w0)));
    const w1 = v128.load(b1 + o);
    s1 = f64x2.add(s1, f64x2.mul(u, low(w1)));
    t1 = f64x2.add(t1, f64x2.mul(v, high(w1)));
    const w2 = v128.load(b2 + o);
    s2 = f64x2.add(s2, f64x2.mul(u, low(w2)));
    t2 = f64x2.add(t2, f64x2.mul(v, high(w2)));
    const w3 = v128.load(b3 + o);
    s3 = f64x2.add(s3, f64x2.mul(u, low(w3)));
    t3 = f64x2.add(t3, f64x2.mul(v, high(w3)));
  }
  store<f64>(out, dotWideEnd(s0, t0, a, b0, c, width));
  store<f64>(out, dotWideEnd(s1, t1, a, b1, c, width), 8);
  store<f64>(out, dotWideEnd(s2, t2, a, b2, c, width), 16);
  store<f64>(out, dotWideEnd(s3, t3, a, b3, c, width), 24);
}

// @ts-ignore: decorator
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1));
}

// @ts-ignore: decorator
@inline
function dotWideEnd(s: v128, t: v128, a: usize, b: usize, from: usize, width: usize): f64 {
  const both = f64x2.add(s, t);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (let c = from; c < width; c++) sum += load<f64>(a + (c << 3)) * <f64>load<f32>(b + (c << 2));
  return sum;
}

/** out = sum of coefficient times row over a list of (coefficient f32, address u32). */
export function combine(list: usize, count: usize, out: usize, width: usize): void {
  const end = list + (count << 3);
  const bytes = width << 2;
  let c: usize = 0;
  for (; c + 128 <= bytes; c += 128) {
    let s0 = zero();
    let s1 = zero();
    let s2 = zero();
    let s3 = zero();
    let s4 = zero();
    let s5 = zero();
    let s6 = zero();
    let s7 = zero();
    for (let p = list; p < end; p += 8) {
      const factor = v128.load32_splat(p);
      const row = <usize>load<u32>(p, 4) + c;
      s0 = fma(factor, v128.load(row), s0);
      s1 = fma(factor, v128.load(row, 16), s1);
      s2 = fma(factor, v128.load(row, 32), s2);
      s3 = fma(factor, v128.load(row, 48), s3);
      s4 = fma(factor, v128.load(row, 64), s4);
      s5 = fma(factor, v128.load(row, 80), s5);
      s6 = fma(factor, v128.load(row, 96), s6);
      s7 = fma(factor, v128.load(row, 112), s7);
    }
    const o = out + c;
    v128.store(o, s0);
    v128.store(o, s1, 16);
    v128.store(o, s2, 32);
    v128.store(o, s3, 48);
    v128.store(o, s4, 64);
    v128.store(o, s5, 80);
    v128.store(o, s6, 96);
    v128.store(o, s7, 112);
  }
  for (; c + 16 <= bytes; c += 16) {
    let s = zero();
    for (let p = list; p < end; p += 8) s = fma(v128.load32_splat(p), v128.load(<usize>load<u32>(p, 4) + c), s);
    v128.store(out + c, s);
  }
  for (; c < bytes; c += 4) {
    let s: f32 = 0;
    for (let p = list; p < end; p += 8) s += load<f32>(p) * load<f32>(<usize>load<u32>(p, 4) + c);
    store<f32>(out + c, s);
  }
}

/** out += factor row. */
export function addScaled(out: usize, factor: f32, row: usize, width: usize): void {
  const bytes = width << 2;
  const f = f32x4.splat(factor);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) v128.store(out + c, fma(f, v128.load(row + c), v128.load(out + c)));
  for (; c < bytes; c += 4) store<f32>(out + c, load<f32>(out + c) + factor * load<f32>(row + c));
}

/** row *= factor. */
export function scaleRow(row: usize, factor: f32, width: usize): void {
  const bytes = width << 2;
  const f = f32x4.splat(factor);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) v128.store(row + c, f32x4.mul(f, v128.load(row + c)));
  for (; c < bytes; c += 4) store<f32>(row + c, factor * load<f32>(row + c));
}
