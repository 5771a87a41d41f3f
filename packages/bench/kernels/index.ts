// The inner loops of the benchmark's data, in WebAssembly SIMD. src/kernels/plain.ts states the same arithmetic in the same order: both
// give the same bits. Rows are padded to multiples of 16, so that no loop has a tail.

@inline
function highProduct(a: u32, b: u64): u32 {
  return <u32>((<u64>a * b) >> 32);
}

/**
 * Uniform numbers in [0, 1) of 53 bits from blocks `first..` of a Philox4x32-10 stream, two of each block.
 *
 * @param out - float64 `[2 blocks]`
 */
export function uniforms(key0: u32, key1: u32, prefix0: u32, prefix1: u32, first: u32, blocks: u32, out: usize): void {
  for (let block = first; block < first + blocks; block++) {
    let c0 = block;
    let c1: u32 = 0;
    let c2 = prefix0;
    let c3 = prefix1;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const high0 = highProduct(c0, 0xd2511f53);
      const high1 = highProduct(c2, 0xcd9e8d57);
      const low0 = c0 * 0xd2511f53;
      const low1 = c2 * 0xcd9e8d57;
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    store<f64>(out, (<f64>(c0 >>> 5) * 67108864.0 + <f64>(c1 >>> 6)) / 9007199254740992.0);
    store<f64>(out, (<f64>(c2 >>> 5) * 67108864.0 + <f64>(c3 >>> 6)) / 9007199254740992.0, 8);
    out += 16;
  }
}

/**
 * Integer products of the columns with the common numbers, and the list of those above their limit.
 *
 * @param factor - int16 pairs `[pairs, columns, 2]`, columns a multiple of 16
 * @param common - int16 `[pairs, 2]`
 * @param limits - int32 `[columns]`
 * @param sums - int32 `[columns]`
 * @param list - uint32, room for `[columns]`
 * @returns length of the list
 */
export function integerProducts(
  factor: usize,
  columns: u32,
  pairs: u32,
  common: usize,
  limits: usize,
  sums: usize,
  list: usize,
): u32 {
  const stride = <usize>columns << 2;
  let count: u32 = 0;
  for (let at: usize = 0; at < stride; at += 64) {
    let sum0 = i32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let from = factor + at;
    for (let pair: u32 = 0; pair < pairs; pair++) {
      const numbers = v128.load32_splat(common + (<usize>pair << 2));
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(numbers, v128.load(from)));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(numbers, v128.load(from, 16)));
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(numbers, v128.load(from, 32)));
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(numbers, v128.load(from, 48)));
      from += stride;
    }
    const to = sums + at;
    v128.store(to, sum0);
    v128.store(to, sum1, 16);
    v128.store(to, sum2, 32);
    v128.store(to, sum3, 48);
    const limit = limits + at;
    let mask =
      i32x4.bitmask(i32x4.gt_s(sum0, v128.load(limit))) |
      (i32x4.bitmask(i32x4.gt_s(sum1, v128.load(limit, 16))) << 4) |
      (i32x4.bitmask(i32x4.gt_s(sum2, v128.load(limit, 32))) << 8) |
      (i32x4.bitmask(i32x4.gt_s(sum3, v128.load(limit, 48))) << 12);
    while (mask !== 0) {
      store<u32>(list + (<usize>count << 2), <u32>(at >> 2) + <u32>ctz(mask));
      count++;
      mask &= mask - 1;
    }
  }
  return count;
}

/**
 * Products of consecutive rows with the common numbers, each as (s0 + s1) + (s2 + s3) where s_l sums every fourth product from l.
 *
 * @param rows - float32 `[count, width]`, width a multiple of 4
 * @param common - float32 `[width]`
 * @param out - float32 `[count]`
 */
export function rowProducts(rows: usize, count: u32, width: u32, common: usize, out: usize): void {
  const bytes = <usize>width << 2;
  for (let i: usize = 0; i < <usize>count; i++) {
    const row = rows + i * bytes;
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      sums = f32x4.add(sums, f32x4.mul(v128.load(row + at), v128.load(common + at)));
    }
    const left = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
    const right = f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
    store<f32>(out + (i << 2), left + right);
  }
}

/**
 * Adds value times row for each of `count` rows, one row after the other.
 *
 * @param row - float32 `[width]`, width a multiple of 16
 * @param features - float32 `[n, width]`
 * @param indices - uint32 `[count]`, rows of the features
 * @param values - float32 `[count]`
 */
export function addRows(row: usize, width: u32, features: usize, indices: usize, values: usize, count: u32): void {
  const bytes = <usize>width << 2;
  for (let at: usize = 0; at < bytes; at += 64) {
    const to = row + at;
    let sum0 = v128.load(to);
    let sum1 = v128.load(to, 16);
    let sum2 = v128.load(to, 32);
    let sum3 = v128.load(to, 48);
    for (let i: usize = 0; i < <usize>count; i++) {
      const from = features + <usize>load<u32>(indices + (i << 2)) * bytes + at;
      const value = v128.load32_splat(values + (i << 2));
      sum0 = f32x4.add(sum0, f32x4.mul(value, v128.load(from)));
      sum1 = f32x4.add(sum1, f32x4.mul(value, v128.load(from, 16)));
      sum2 = f32x4.add(sum2, f32x4.mul(value, v128.load(from, 32)));
      sum3 = f32x4.add(sum3, f32x4.mul(value, v128.load(from, 48)));
    }
    v128.store(to, sum0);
    v128.store(to, sum1, 16);
    v128.store(to, sum2, 32);
    v128.store(to, sum3, 48);
  }
}

/**
 * Adds to a 4 x 16 tile of c, for each of `depth` steps, the products of 4 numbers of a with 16 of b.
 *
 * @param c - float32, rows `cRow` bytes apart
 * @param a - float32, rows `aRow` bytes apart, steps `aStep` bytes apart
 * @param b - float32, steps `bStep` bytes apart
 */
@inline
function addTile(c: usize, cRow: usize, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, depth: u32): void {
  for (let pair: usize = 0; pair < 2; pair++) {
    let c00 = v128.load(c);
    let c01 = v128.load(c, 16);
    let c02 = v128.load(c, 32);
    let c03 = v128.load(c, 48);
    let c10 = v128.load(c + cRow);
    let c11 = v128.load(c + cRow, 16);
    let c12 = v128.load(c + cRow, 32);
    let c13 = v128.load(c + cRow, 48);
    let from = a;
    let at = b;
    for (let step: u32 = 0; step < depth; step++) {
      const a0 = v128.load32_splat(from);
      const a1 = v128.load32_splat(from + aRow);
      const b0 = v128.load(at);
      const b1 = v128.load(at, 16);
      const b2 = v128.load(at, 32);
      const b3 = v128.load(at, 48);
      c00 = f32x4.add(c00, f32x4.mul(a0, b0));
      c01 = f32x4.add(c01, f32x4.mul(a0, b1));
      c02 = f32x4.add(c02, f32x4.mul(a0, b2));
      c03 = f32x4.add(c03, f32x4.mul(a0, b3));
      c10 = f32x4.add(c10, f32x4.mul(a1, b0));
      c11 = f32x4.add(c11, f32x4.mul(a1, b1));
      c12 = f32x4.add(c12, f32x4.mul(a1, b2));
      c13 = f32x4.add(c13, f32x4.mul(a1, b3));
      from += aStep;
      at += bStep;
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c, c02, 32);
    v128.store(c, c03, 48);
    v128.store(c + cRow, c10);
    v128.store(c + cRow, c11, 16);
    v128.store(c + cRow, c12, 32);
    v128.store(c + cRow, c13, 48);
    c += 2 * cRow;
    a += 2 * aRow;
  }
}

/**
 * c += a b for a `[rows, depth]` whose entries lie `aRow` and `aStep` bytes apart, b `[depth, columns]` with rows `bStep` bytes apart,
 * c `[rows, columns]` with rows `cRow` bytes apart; each sum in the order of the depth. Rows a multiple of 4, columns of 16.
 */
export function multiplyAdd(
  c: usize,
  cRow: usize,
  rows: u32,
  columns: u32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: u32,
): void {
  for (let column: usize = 0; column < <usize>columns << 2; column += 64) {
    for (let row: usize = 0; row < <usize>rows; row += 4) {
      addTile(c + row * cRow + column, cRow, a + row * aRow, aRow, aStep, b + column, bStep, depth);
    }
  }
}
