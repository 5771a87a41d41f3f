// Sums over the stored (sample, latent) pairs. Pairs are compressed rows; by latent they are a permutation of them.
import { addScaled, combine, dot, dotListed, dotWide, dotWide4, fma, widen } from "./vector";

/** Stored pairs. */
@unmanaged
export class Pairs {
  batch: usize;
  latents: usize;
  /** int32 `[B + 1]`. */
  offsets: usize;
  /** int32 per pair: latent, ascending in a row. */
  latentOf: usize;
  /** uint16 per pair: level; 0 where there is one level. */
  levelOf: usize;
  levels: usize;
  /** int32 `[Q + 1]`: pairs by latent. */
  byLatent: usize;
  /** int32 per pair by latent: its position in the rows, and its sample, ascending. */
  position: usize;
  sample: usize;
}

/** Fills the order by latent: a counting sort. */
export function sortByLatent(chunk: i32, thread: i32, pairsAt: usize): void {
  const pairs = changetype<Pairs>(pairsAt);
  const count = <usize>load<i32>(pairs.offsets + (pairs.batch << 2));
  const starts = pairs.byLatent;
  memory.fill(starts, 0, (pairs.latents + 2) << 2);
  for (let n: usize = 0; n < count; n++) {
    const at = starts + ((<usize>load<i32>(pairs.latentOf + (n << 2)) + 2) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
  let sum: i32 = 0;
  for (let i: usize = 0; i < pairs.latents + 2; i++) {
    sum += load<i32>(starts + (i << 2));
    store<i32>(starts + (i << 2), sum);
  }
  for (let b: usize = 0; b < pairs.batch; b++) {
    const end = <usize>load<i32>(pairs.offsets + ((b + 1) << 2));
    for (let n = <usize>load<i32>(pairs.offsets + (b << 2)); n < end; n++) {
      const at = starts + ((<usize>load<i32>(pairs.latentOf + (n << 2)) + 1) << 2);
      const place = <usize>load<i32>(at);
      store<i32>(at, <i32>(place + 1));
      store<i32>(pairs.position + (place << 2), <i32>n);
      store<i32>(pairs.sample + (place << 2), <i32>b);
    }
  }
}

/**
 * Sum of value times decoder row of each sample of a chunk, per level.
 *
 * @param outs - address of one `[B, width]` per level
 * @param scratch - of thread 0, `scratchBytes` of each thread: 8 bytes per latent
 */
export function decodePairs(
  chunk: i32,
  thread: i32,
  pairsAt: usize,
  values: usize,
  decoder: usize,
  width: usize,
  outs: usize,
  rowsPerChunk: usize,
  scratch: usize,
  scratchBytes: usize,
): void {
  const pairs = changetype<Pairs>(pairsAt);
  const list = scratch + <usize>thread * scratchBytes;
  const bytes = width << 2;
  const first = <usize>chunk * rowsPerChunk;
  for (let b = first; b < min(first + rowsPerChunk, pairs.batch); b++) {
    const start = <usize>load<i32>(pairs.offsets + (b << 2));
    const end = <usize>load<i32>(pairs.offsets + ((b + 1) << 2));
    for (let level: usize = 0; level < pairs.levels; level++) {
      let count: usize = 0;
      for (let n = start; n < end; n++) {
        if (pairs.levels > 1 && load<u16>(pairs.levelOf + (n << 1)) != level) continue;
        const value = load<f32>(values + (n << 2));
        if (value == 0) continue;
        store<f32>(list + (count << 3), value);
        store<u32>(list + (count << 3), <u32>(decoder + <usize>load<i32>(pairs.latentOf + (n << 2)) * bytes), 4);
        count++;
      }
      combine(list, count, <usize>load<u32>(outs + (level << 2)) + b * bytes, width);
    }
  }
}

/** Bytes of a part of a row that is summed in registers. */
const PART: usize = 128;

/**
 * out = sum of value times source row for many pairs: rows of `out` [chunk rowsPerChunk, ...) each have pairs
 * [starts[i], starts[i + 1]), ascending by source row. Parts of a block of source rows are copied side by side, so that they stay in
 * the first-level cache while the rows of `out` pass by.
 *
 * @param add - adds to what `out` holds
 * @param scratch - of thread 0, `scratchBytes` of each thread: 8 bytes per row of a chunk, then a part of each row of a block
 */
export function combineMany(
  chunk: i32,
  thread: i32,
  starts: usize,
  sourceOf: usize,
  values: usize,
  source: usize,
  sourceRows: usize,
  width: usize,
  out: usize,
  rows: usize,
  rowsPerChunk: usize,
  blockRows: usize,
  add: i32,
  scratch: usize,
  scratchBytes: usize,
): void {
  const bytes = width << 2;
  const first = <usize>chunk * rowsPerChunk;
  const end = min(first + rowsPerChunk, rows);
  const cursors = scratch + <usize>thread * scratchBytes;
  const parts = cursors + (((rowsPerChunk << 3) + 63) & ~63);
  openCursors(starts, first, end, cursors);
  if (!add) memory.fill(out + first * bytes, 0, (end - first) * bytes);
  for (let block: usize = 0; block < sourceRows; block += blockRows) {
    moveCursors(starts, sourceOf, first, end, cursors, block + blockRows);
    const count = min(blockRows, sourceRows - block);
    for (let c: usize = 0; c < bytes; c += PART) {
      const size = min(PART, bytes - c);
      const from = source + block * bytes + c;
      for (let j: usize = 0; j < count; j++) memory.copy(parts + j * PART, from + j * bytes, size);
      const shifted = parts - block * PART;
      for (let i = first; i < end; i++) {
        const at = cursors + ((i - first) << 3);
        const start = <usize>load<u32>(at);
        const last = <usize>load<u32>(at, 4);
        if (start < last) addPart(sourceOf, values, start, last, shifted, out + i * bytes + c, size);
      }
    }
  }
}

/** out += sum of value times part of source row, for pairs [from, to); parts lie side by side. */
function addPart(sourceOf: usize, values: usize, from: usize, to: usize, parts: usize, out: usize, bytes: usize): void {
  if (bytes < PART) {
    for (let n = from; n < to; n++) {
      addScaled(out, load<f32>(values + (n << 2)), parts + <usize>load<i32>(sourceOf + (n << 2)) * PART, bytes >> 2);
    }
    return;
  }
  let s0 = v128.load(out);
  let s1 = v128.load(out, 16);
  let s2 = v128.load(out, 32);
  let s3 = v128.load(out, 48);
  let s4 = v128.load(out, 64);
  let s5 = v128.load(out, 80);
  let s6 = v128.load(out, 96);
  let s7 = v128.load(out, 112);
  for (let n = from; n < to; n++) {
    const factor = v128.load32_splat(values + (n << 2));
    const row = parts + <usize>load<i32>(sourceOf + (n << 2)) * PART;
    s0 = fma(factor, v128.load(row), s0);
    s1 = fma(factor, v128.load(row, 16), s1);
    s2 = fma(factor, v128.load(row, 32), s2);
    s3 = fma(factor, v128.load(row, 48), s3);
    s4 = fma(factor, v128.load(row, 64), s4);
    s5 = fma(factor, v128.load(row, 80), s5);
    s6 = fma(factor, v128.load(row, 96), s6);
    s7 = fma(factor, v128.load(row, 112), s7);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
}

/** For each row [first, end): the pairs of the block at work, as [from, to); at first none. */
function openCursors(starts: usize, first: usize, end: usize, cursors: usize): void {
  for (let i = first; i < end; i++) store<u32>(cursors + ((i - first) << 3), load<u32>(starts + (i << 2)), 4);
}

/** Moves the cursors to the pairs behind them whose columns lie below `blockEnd`. */
function moveCursors(starts: usize, columnOf: usize, first: usize, end: usize, cursors: usize, blockEnd: usize): void {
  for (let i = first; i < end; i++) {
    const at = cursors + ((i - first) << 3);
    const last = <usize>load<u32>(starts + ((i + 1) << 2));
    let n = <usize>load<u32>(at, 4);
    store<u32>(at, <u32>n);
    while (n < last && <usize>load<i32>(columnOf + (n << 2)) < blockEnd) n++;
    store<u32>(at, <u32>n, 4);
  }
}

/**
 * <error of the pair's level, decoder row> of the pairs of a chunk of samples. With many pairs a sample, blocks of latents stay in cache
 * while the samples pass by.
 *
 * @param blockRows - latents of a block; all of them for few pairs
 * @param scratch - of thread 0, `scratchBytes` of each thread: 8 bytes per sample
 */
export function dotPairs(
  chunk: i32,
  thread: i32,
  pairsAt: usize,
  errors: usize,
  decoder: usize,
  width: usize,
  out: usize,
  rowsPerChunk: usize,
  blockRows: usize,
  scratch: usize,
  scratchBytes: usize,
): void {
  const pairs = changetype<Pairs>(pairsAt);
  const first = <usize>chunk * rowsPerChunk;
  const end = min(first + rowsPerChunk, pairs.batch);
  const cursors = scratch + <usize>thread * scratchBytes;
  openCursors(pairs.offsets, first, end, cursors);
  for (let latentEnd = blockRows; latentEnd < pairs.latents + blockRows; latentEnd += blockRows) {
    moveCursors(pairs.offsets, pairs.latentOf, first, end, cursors, latentEnd);
    for (let b = first; b < end; b++) {
      const at = cursors + ((b - first) << 3);
      dotSpan(pairs, errors, decoder, width, out, b, <usize>load<u32>(at), <usize>load<u32>(at, 4));
    }
  }
}

/** {@link dotPairs} of the pairs [from, to) of a sample. */
function dotSpan(
  pairs: Pairs,
  errors: usize,
  decoder: usize,
  width: usize,
  out: usize,
  b: usize,
  from: usize,
  to: usize,
): void {
  const bytes = width << 2;
  if (pairs.levels == 1) {
    const error = <usize>load<u32>(errors) + b * bytes;
    dotListed(error, decoder, pairs.latentOf + (from << 2), to - from, width, out + (from << 2));
    return;
  }
  for (let n = from; n < to; n++) {
    const level = <usize>load<u16>(pairs.levelOf + (n << 1));
    const error = <usize>load<u32>(errors + (level << 2)) + b * bytes;
    const row = decoder + <usize>load<i32>(pairs.latentOf + (n << 2)) * bytes;
    store<f32>(out + (n << 2), dot(error, row, width));
  }
}

/** Sum of the values of each latent of a chunk; `sorted` ones are in the order by latent. */
export function sumByLatent(
  chunk: i32,
  thread: i32,
  pairsAt: usize,
  values: usize,
  sorted: i32,
  out: usize,
  perChunk: usize,
): void {
  const pairs = changetype<Pairs>(pairsAt);
  const first = <usize>chunk * perChunk;
  for (let i = first; i < min(first + perChunk, pairs.latents); i++) {
    const end = <usize>load<i32>(pairs.byLatent + ((i + 1) << 2));
    let sum: f64 = 0;
    for (let n = <usize>load<i32>(pairs.byLatent + (i << 2)); n < end; n++) {
      const at = sorted ? n : <usize>load<i32>(pairs.position + (n << 2));
      sum += <f64>load<f32>(values + (at << 2));
    }
    store<f32>(out + (i << 2), <f32>sum);
  }
}

/** Samples since each latent of a chunk was last active. */
export function samplesSince(
  chunk: i32,
  thread: i32,
  pairsAt: usize,
  values: usize,
  before: usize,
  out: usize,
  perChunk: usize,
): void {
  const pairs = changetype<Pairs>(pairsAt);
  const first = <usize>chunk * perChunk;
  for (let i = first; i < min(first + perChunk, pairs.latents); i++) {
    const start = <isize>load<i32>(pairs.byLatent + (i << 2));
    let n = <isize>load<i32>(pairs.byLatent + ((i + 1) << 2)) - 1;
    while (n >= start && load<f32>(values + ((<usize>load<i32>(pairs.position + ((<usize>n) << 2))) << 2)) == 0) n--;
    const since =
      n >= start
        ? <f32>(pairs.batch - 1 - <usize>load<i32>(pairs.sample + ((<usize>n) << 2)))
        : load<f32>(before + (i << 2)) + <f32>pairs.batch;
    store<f32>(out + (i << 2), since);
  }
}

/** out[n] = values[indices[n]] for n in [chunk * perChunk, ...). */
export function gather(
  chunk: i32,
  thread: i32,
  indices: usize,
  values: usize,
  out: usize,
  count: usize,
  perChunk: usize,
): void {
  const first = <usize>chunk * perChunk;
  for (let n = first; n < min(first + perChunk, count); n++) {
    store<f32>(out + (n << 2), load<f32>(values + (<usize>load<i32>(indices + (n << 2)) << 2)));
  }
}

/** Row `chunk` of out = sum of coefficient times row over rows [chunk perChunk, ...) of a matrix; strides in bytes. */
export function vectorRows(
  chunk: i32,
  thread: i32,
  coefficients: usize,
  step: usize,
  matrix: usize,
  stride: usize,
  rows: usize,
  width: usize,
  out: usize,
  perChunk: usize,
  scratch: usize,
  scratchBytes: usize,
): void {
  const list = scratch + <usize>thread * scratchBytes;
  const first = <usize>chunk * perChunk;
  let count: usize = 0;
  for (let i = first; i < min(first + perChunk, rows); i++) {
    const coefficient = load<f32>(coefficients + i * step);
    if (coefficient == 0) continue;
    store<f32>(list + (count << 3), coefficient);
    store<u32>(list + (count << 3), <u32>(matrix + i * stride), 4);
    count++;
  }
  combine(list, count, out + <usize>chunk * (width << 2), width);
}

/** Float64 pre-activation of each pair of a chunk of samples. */
export function wideProducts(
  chunk: i32,
  thread: i32,
  offsets: usize,
  latentOf: usize,
  samples: usize,
  encoder: usize,
  bias: usize,
  batch: usize,
  width: usize,
  out: usize,
  rowsPerChunk: usize,
  scratch: usize,
  scratchBytes: usize,
): void {
  const sample = scratch + <usize>thread * scratchBytes;
  const bytes = width << 2;
  const first = <usize>chunk * rowsPerChunk;
  for (let b = first; b < min(first + rowsPerChunk, batch); b++) {
    widen(samples + b * bytes, sample, width);
    const end = <usize>load<i32>(offsets + ((b + 1) << 2));
    const start = <usize>load<i32>(offsets + (b << 2));
    let n = start;
    for (; n + 4 <= end; n += 4) {
      const at = latentOf + (n << 2);
      const row0 = encoder + <usize>load<i32>(at) * bytes;
      const row1 = encoder + <usize>load<i32>(at, 4) * bytes;
      const row2 = encoder + <usize>load<i32>(at, 8) * bytes;
      const row3 = encoder + <usize>load<i32>(at, 12) * bytes;
      dotWide4(sample, row0, row1, row2, row3, width, out + (n << 3));
    }
    for (; n < end; n++) {
      store<f64>(out + (n << 3), dotWide(sample, encoder + <usize>load<i32>(latentOf + (n << 2)) * bytes, width));
    }
    if (bias == 0) continue;
    for (n = start; n < end; n++) {
      const at = bias + (<usize>load<i32>(latentOf + (n << 2)) << 2);
      store<f64>(out + (n << 3), load<f64>(out + (n << 3)) + <f64>load<f32>(at));
    }
  }
}
