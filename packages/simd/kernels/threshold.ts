// All pre-activations above a threshold per latent.
import { EncoderCopy, FLOAT } from "./encoderCopy";
import { SampleCopy } from "./sampleCopy";
import { largestOf, listsOffset, maskOf, Screen, slackOf, tileRow } from "./screen";
import { dotListed } from "./vector";

/** A selection by thresholds. Lists of a chunk go to a common store, as many as fit; what does not fit is counted. */
@unmanaged
export class Threshold {
  screen: usize;
  /** float32 per latent: pre-activations above are selected; infinity behind the last latent. */
  bars: usize;
  /** int32 `[B]`: entries found. */
  counts: usize;
  /** int32 per chunk: where its first list starts in the store. */
  bases: usize;
  /** int32: entries in the store, or that would be there. */
  cursor: usize;
  latents: usize;
  values: usize;
  capacity: usize;
  /** int32 `[B]`: inner products beyond the tiles. */
  products: usize;
  /** Take what may lie above its bar, not only what does in float32. */
  withSlack: i32;
}

/** Selects the rows of one chunk. */
export function threshold(chunk: i32, thread: i32, jobAt: usize): void {
  const job = changetype<Threshold>(jobAt);
  const screen = changetype<Screen>(job.screen);
  const encoder = changetype<EncoderCopy>(screen.encoderCopy);
  const samples = changetype<SampleCopy>(screen.sampleCopy);
  const tileAt = screen.scratch + <usize>thread * screen.scratchBytes;
  const lists = tileAt + listsOffset(screen);
  const firstRow = <usize>chunk * screen.chunkRows;
  const rows = min(screen.chunkRows, screen.batch - firstRow);
  const counts = job.counts + (firstRow << 2);
  memory.fill(counts, 0, rows << 2);
  memory.fill(job.products + (firstRow << 2), 0, rows << 2);

  const padded = (screen.latents + 15) & ~15;
  const exact = encoder.kind == FLOAT;
  const starts = exact ? screen.bias : encoder.start;
  for (let first: usize = 0; first < padded; first += screen.blockColumns) {
    const columns = min(screen.blockColumns, padded - first);
    const delta: f32 = exact ? 0 : largestOf(encoder.delta + (first << 2), columns);
    const norm: f32 = exact ? 0 : largestOf(encoder.norm + (first << 2), columns);
    for (let r: usize = 0; r < rows; r += 6) {
      const panel = samples.panels + ((firstRow + r) / 6) * samples.depth * 24;
      tileRow(encoder, panel, first, columns, starts, tileAt);
      const end = min<usize>(r + 6, rows);
      for (let i = r; i < end; i++) {
        const values = tileAt + (i - r) * (columns << 2);
        const list = lists + ((i * screen.capacity) << 3);
        const count = counts + (i << 2);
        const slack: f32 = job.withSlack ? slackOf(screen, samples, firstRow + i) : 0;
        if (exact) takeFloat(screen, job, list, count, values, first, columns, slack);
        else takeWhole(screen, job, list, count, values, first, columns, firstRow + i, delta, norm, slack);
      }
    }
  }
  if (!exact) {
    for (let r: usize = 0; r < rows; r++) {
      settle(screen, job, lists + ((r * screen.capacity) << 3), counts + (r << 2), firstRow + r);
    }
  }
  let total: i32 = 0;
  for (let r: usize = 0; r < rows; r++) total += load<i32>(counts + (r << 2));
  const base = reserve(job.cursor, total);
  store<i32>(job.bases + (<usize>chunk << 2), base);
  if (<usize>(base + total) > job.capacity) return;
  let at = <usize>base << 2;
  for (let r: usize = 0; r < rows; r++) {
    const bytes = <usize>load<i32>(counts + (r << 2)) << 2;
    const list = lists + ((r * screen.capacity) << 3);
    memory.copy(job.values + at, list, bytes);
    memory.copy(job.latents + at, list + (screen.capacity << 2), bytes);
    at += bytes;
  }
}

// @ts-ignore: decorator
@inline
function reserve(cursor: usize, count: i32): i32 {
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(cursor, count);
  const before = load<i32>(cursor);
  store<i32>(cursor, before + count);
  return before;
}

// @ts-ignore: decorator
@inline
function append(screen: Screen, list: usize, count: usize, value: f32, latent: usize): void {
  const n = <usize>load<i32>(count);
  store<f32>(list + (n << 2), value);
  store<i32>(list + ((screen.capacity + n) << 2), <i32>latent);
  store<i32>(count, <i32>(n + 1));
}

function takeFloat(
  screen: Screen,
  job: Threshold,
  list: usize,
  count: usize,
  values: usize,
  first: usize,
  columns: usize,
  slack: f32,
): void {
  const bars = job.bars + (first << 2);
  const more = f32x4.splat(slack);
  for (let q: usize = 0; q < columns; q += 16) {
    const p = values + (q << 2);
    const o = bars + (q << 2);
    let mask =
      i32x4.bitmask(f32x4.gt(f32x4.add(v128.load(p), more), v128.load(o))) |
      (i32x4.bitmask(f32x4.gt(f32x4.add(v128.load(p, 16), more), v128.load(o, 16))) << 4) |
      (i32x4.bitmask(f32x4.gt(f32x4.add(v128.load(p, 32), more), v128.load(o, 32))) << 8) |
      (i32x4.bitmask(f32x4.gt(f32x4.add(v128.load(p, 48), more), v128.load(o, 48))) << 12);
    for (; mask != 0; mask &= mask - 1) {
      const l = <usize>ctz(mask);
      append(screen, list, count, load<f32>(p + (l << 2)), first + q + l);
    }
  }
}

/** Appends what may lie above its bar. */
function takeWhole(
  screen: Screen,
  job: Threshold,
  list: usize,
  count: usize,
  values: usize,
  first: usize,
  columns: usize,
  b: usize,
  delta: f32,
  norm: f32,
  rowSlack: f32,
): void {
  const encoder = changetype<EncoderCopy>(screen.encoderCopy);
  const samples = changetype<SampleCopy>(screen.sampleCopy);
  const inverse = load<f32>(samples.inverse + (b << 2));
  const size = load<f32>(samples.size + (b << 2));
  const error = load<f32>(samples.error + (b << 2));
  const bar = f32x4.splat(-(delta * size + norm * error + (screen.biasSlack + rowSlack) * inverse));
  const perUnit = f32x4.splat(inverse);
  for (let q: usize = 0; q < columns; q += 16) {
    const o = (first + q) << 2;
    const p = values + (q << 2);
    const v0 = excess(screen, job, encoder, p, o, perUnit);
    const v1 = excess(screen, job, encoder, p + 16, o + 16, perUnit);
    const v2 = excess(screen, job, encoder, p + 32, o + 32, perUnit);
    const v3 = excess(screen, job, encoder, p + 48, o + 48, perUnit);
    if (!v128.any_true(f32x4.ge(f32x4.pmax(f32x4.pmax(v0, v1), f32x4.pmax(v2, v3)), bar))) continue;
    for (let mask = maskOf(v0, v1, v2, v3, bar); mask != 0; mask &= mask - 1) {
      const j = first + q + <usize>ctz(mask);
      const c = j << 2;
      const above = load<f32>(screen.bias + c) - load<f32>(job.bars + c);
      const estimate = <f32>load<i32>(values + ((j - first) << 2)) * load<f32>(encoder.scale + c);
      const own = load<f32>(encoder.delta + c) * size + load<f32>(encoder.norm + c) * error;
      const slack = screen.biasSlack + rowSlack + 1e-6 * abs<f32>(above);
      if ((estimate + own) / inverse + above + slack >= 0) append(screen, list, count, 0, j);
    }
  }
}

/** Estimate of how far the pre-activations of four columns lie above their bars, in units of the sample. */
// @ts-ignore: decorator
@inline
function excess(screen: Screen, job: Threshold, encoder: EncoderCopy, sums: usize, column: usize, perUnit: v128): v128 {
  const product = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), v128.load(encoder.scale + column));
  const above = f32x4.sub(v128.load(screen.bias + column), v128.load(job.bars + column));
  return f32x4.add(f32x4.mul(above, perUnit), product);
}

/** Computes the candidates of a sample, four at a time, and keeps those above their bars. */
function settle(screen: Screen, job: Threshold, list: usize, count: usize, b: usize): void {
  const n = <usize>load<i32>(count);
  const sample = screen.samples + b * (screen.width << 2);
  const latents = list + (screen.capacity << 2);
  const slack: f32 = job.withSlack ? slackOf(screen, changetype<SampleCopy>(screen.sampleCopy), b) : 0;
  dotListed(sample, screen.encoder, latents, n, screen.width, list);
  let kept: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    const latent = load<i32>(latents + (i << 2));
    const c = <usize>latent << 2;
    const z = load<f32>(list + (i << 2)) + load<f32>(screen.bias + c);
    if (z + slack <= load<f32>(job.bars + c)) continue;
    store<f32>(list + (kept << 2), z);
    store<i32>(latents + (kept++ << 2), latent);
  }
  store<i32>(count, <i32>kept);
  store<i32>(job.products + (b << 2), <i32>n);
}

/** Moves the lists of a chunk from the store to their rows. */
export function gatherLists(chunk: i32, thread: i32, jobAt: usize, offsets: usize, latents: usize, values: usize): void {
  const job = changetype<Threshold>(jobAt);
  const screen = changetype<Screen>(job.screen);
  const firstRow = <usize>chunk * screen.chunkRows;
  const end = min(firstRow + screen.chunkRows, screen.batch);
  const from = <usize>load<i32>(job.bases + (<usize>chunk << 2)) << 2;
  const to = <usize>load<i32>(offsets + (firstRow << 2)) << 2;
  const bytes = (<usize>load<i32>(offsets + (end << 2)) << 2) - to;
  memory.copy(latents + to, job.latents + from, bytes);
  memory.copy(values + to, job.values + from, bytes);
}
