// The k largest pre-activations of each sample, or of each group of its latents, exactly: the order is that of float64 values, ties go
// to the lower latent.
import { EncoderCopy, FLOAT } from "./encoderCopy";
import { kthLargest } from "./order";
import { SampleCopy } from "./sampleCopy";
import { largestOf, listsOffset, maskOf, Screen, slackOf, tileRow } from "./screen";
import { dot, dot4, dotWide, dotWide4, widen } from "./vector";

/** A selection by rank among the latents of each span of a sample. */
@unmanaged
export class TopK {
  screen: usize;
  /** Entries of a span at most. */
  k: usize;
  /** Consecutive latents of a span: all of them, or those of a group; divides their number. */
  span: usize;
  /** Entries of a sample at most: k of each span. */
  stride: usize;
  /** Keep pre-activations that are not positive. */
  signed: i32;
  /** float32 per sample: pre-activations below are not looked for. */
  floor: usize;
  /** int32 `[B]`: entries found. */
  counts: usize;
  /** int32 and float32 `[B, stride]`: latents, ascending, and pre-activations. */
  latents: usize;
  values: usize;
  /** uint16 `[B, stride]`: levels by rank, where `ks` names more than one. */
  levels: usize;
  ks: usize;
  levelCount: usize;
  /** int32 `[B]`: inner products beyond the tiles. */
  products: usize;
  /** float32 `[B]`: the smallest selected pre-activation, minus infinity where a span has fewer than k. */
  least: usize;
}

// States of an entry: an upper bound of the pre-activation, its float32 sum, or its float64 value.
const SUM: u32 = 0x80000000;
const WIDE: u32 = 0x40000000;
const LATENT: u32 = 0x3fffffff;

// The chunk at work; every thread has its own copy of these.
let screen: Screen = changetype<Screen>(0);
let job: TopK = changetype<TopK>(0);
let lists: usize = 0;
let counts: usize = 0;
let floors: usize = 0;
let temporary: usize = 0;
let wideSample: usize = 0;
let exactTiles: bool = false;
let firstRow: usize = 0;
/** Places of four entries, then their products. */
let four: usize = 0;
/** The row whose float64 copy is at `wideSample`. */
let wideRow: usize = 0;

/** Selects the rows of one chunk. */
export function topK(chunk: i32, thread: i32, jobAt: usize): void {
  job = changetype<TopK>(jobAt);
  screen = changetype<Screen>(job.screen);
  const encoder = changetype<EncoderCopy>(screen.encoderCopy);
  const samples = changetype<SampleCopy>(screen.sampleCopy);
  const tileAt = screen.scratch + <usize>thread * screen.scratchBytes;
  temporary = tileAt + 24 * screen.blockColumns;
  wideSample = temporary + 8 * screen.capacity;
  lists = tileAt + listsOffset(screen);
  counts = lists + ((screen.chunkRows * screen.capacity) << 4);
  floors = counts + (screen.chunkRows << 2);
  four = floors + ((screen.chunkRows + 1) << 2);
  exactTiles = encoder.kind == FLOAT;
  firstRow = <usize>chunk * screen.chunkRows;
  const rows = min(screen.chunkRows, screen.batch - firstRow);
  wideRow = rows;
  for (let r: usize = 0; r < rows; r++) {
    const at = (firstRow + r) << 2;
    store<i32>(job.counts + at, 0);
    store<i32>(job.products + at, 0);
    store<f32>(job.least + at, Infinity);
    begin(r);
  }

  const padded = (screen.latents + 15) & ~15;
  const starts = exactTiles ? screen.bias : encoder.start;
  for (let first: usize = 0; first < padded; first += screen.blockColumns) {
    const columns = min(screen.blockColumns, padded - first);
    const delta: f32 = exactTiles ? 0 : largestOf(encoder.delta + (first << 2), columns);
    const norm: f32 = exactTiles ? 0 : largestOf(encoder.norm + (first << 2), columns);
    for (let r: usize = 0; r < rows; r += 6) {
      const panel = samples.panels + ((firstRow + r) / 6) * samples.depth * 24;
      tileRow(encoder, panel, first, columns, starts, tileAt);
      const end = min<usize>(r + 6, rows);
      for (let i = r; i < end; i++) {
        const values = tileAt + (i - r) * (columns << 2);
        const valid = min(columns, screen.latents - first);
        for (let from: usize = 0; from < valid; ) {
          const end = first + from + job.span - ((first + from) % job.span);
          const to = min(valid, end - first);
          if (exactTiles) filterFloat(i, values, first, from, to);
          else filterWhole(i, values, first, from, to, encoder, samples, delta, norm);
          if (first + to == end && end < screen.latents) {
            finish(i);
            begin(i);
          }
          from = to;
        }
      }
    }
  }
  for (let r: usize = 0; r < rows; r++) finish(r);
}

/** An empty list for the next span of a sample. */
// @ts-ignore: decorator
@inline
function begin(r: usize): void {
  store<i32>(counts + (r << 2), 0);
  store<f32>(floors + (r << 2), load<f32>(job.floor + ((firstRow + r) << 2)));
}

/** A bit for each of the 16 columns from q on that lie in [from, to). */
// @ts-ignore: decorator
@inline
function lanes(q: usize, from: usize, to: usize): i32 {
  if (q >= from && q + 16 <= to) return -1;
  const low = q < from ? -1 << <i32>(from - q) : -1;
  const high = q + 16 > to ? (1 << <i32>(to - q)) - 1 : -1;
  return low & high;
}

/** Raises the floor, with one entry per span, to what its value is at least. */
// @ts-ignore: decorator
@inline
function lift(r: usize, lower: f32): void {
  if (lower > load<f32>(floors + (r << 2))) store<f32>(floors + (r << 2), lower);
}

/** Appends what columns [from, to) of a tile that starts at latent `first` may add to the sample's list. */
function filterFloat(r: usize, values: usize, first: usize, from: usize, to: usize): void {
  const slack = slackOf(screen, changetype<SampleCopy>(screen.sampleCopy), firstRow + r);
  for (let q = from & ~15; q < to; q += 16) {
    const p = values + (q << 2);
    const bar = f32x4.splat(load<f32>(floors + (r << 2)) - slack);
    const v0 = v128.load(p);
    const v1 = v128.load(p, 16);
    const v2 = v128.load(p, 32);
    const v3 = v128.load(p, 48);
    const most = f32x4.pmax(f32x4.pmax(v0, v1), f32x4.pmax(v2, v3));
    if (!v128.any_true(f32x4.ge(most, bar))) continue;
    let mask = maskOf(v0, v1, v2, v3, bar) & lanes(q, from, to);
    for (; mask != 0; mask &= mask - 1) {
      const l = <usize>ctz(mask);
      const z = load<f32>(p + (l << 2));
      const j = first + q + l;
      if (z < load<f32>(floors + (r << 2)) - slack) continue;
      push(r, z, <u32>j | SUM);
      if (job.k == 1) lift(r, z - slack - abs<f32>(z) * ROUNDING);
    }
  }
}

function filterWhole(
  r: usize,
  values: usize,
  first: usize,
  from: usize,
  to: usize,
  encoder: EncoderCopy,
  samples: SampleCopy,
  delta: f32,
  norm: f32,
): void {
  const at = (firstRow + r) << 2;
  const inverse = load<f32>(samples.inverse + at);
  const size = load<f32>(samples.size + at);
  const error = load<f32>(samples.error + at);
  const bound = delta * size + norm * error + screen.biasSlack * inverse;
  const perUnit = f32x4.splat(inverse);
  for (let q = from & ~15; q < to; q += 16) {
    const floor = load<f32>(floors + (r << 2)) * inverse;
    const bar = f32x4.splat(floor - abs<f32>(floor) * 1e-6 - bound);
    const o = (first + q) << 2;
    const p = values + (q << 2);
    const v0 = estimate(p, o, encoder.scale, perUnit);
    const v1 = estimate(p + 16, o + 16, encoder.scale, perUnit);
    const v2 = estimate(p + 32, o + 32, encoder.scale, perUnit);
    const v3 = estimate(p + 48, o + 48, encoder.scale, perUnit);
    const most = f32x4.pmax(f32x4.pmax(v0, v1), f32x4.pmax(v2, v3));
    if (!v128.any_true(f32x4.ge(most, bar))) continue;
    let mask = maskOf(v0, v1, v2, v3, bar) & lanes(q, from, to);
    for (; mask != 0; mask &= mask - 1) {
      const l = <usize>ctz(mask);
      const j = first + q + l;
      const c = j << 2;
      const z = <f32>load<i32>(p + (l << 2)) * load<f32>(encoder.scale + c) + load<f32>(screen.bias + c) * inverse;
      const own = load<f32>(encoder.delta + c) * size + load<f32>(encoder.norm + c) * error + screen.biasSlack * inverse;
      const most = (z + own) / inverse;
      const upper = most + abs<f32>(most) * 1e-6;
      if (upper < load<f32>(floors + (r << 2))) continue;
      push(r, upper, <u32>j);
      if (job.k > 1) continue;
      const least = (z - own) / inverse;
      lift(r, least - abs<f32>(least) * 1e-6);
    }
  }
}

// @ts-ignore: decorator
@inline
function estimate(sums: usize, column: usize, scale: usize, perUnit: v128): v128 {
  const product = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), v128.load(scale + column));
  return f32x4.add(f32x4.mul(v128.load(screen.bias + column), perUnit), product);
}

/** Float32 value of an entry: its bound, its sum, or its rounded exact value. */
// @ts-ignore: decorator
@inline
function valueAt(r: usize, n: usize): usize {
  return lists + ((r * screen.capacity) << 4) + (n << 2);
}

/** Latent and state of an entry. */
// @ts-ignore: decorator
@inline
function latentAt(r: usize, n: usize): usize {
  return valueAt(r, screen.capacity + n);
}

/** Float64 value of an entry in the state WIDE. */
// @ts-ignore: decorator
@inline
function wideAt(r: usize, n: usize): usize {
  return lists + ((r * screen.capacity) << 4) + ((screen.capacity + n) << 3);
}

/** Appends to a sample's list; latents ascend. */
function push(r: usize, value: f32, latent: u32): void {
  const at = counts + (r << 2);
  const n = <usize>load<i32>(at);
  store<f32>(valueAt(r, n), value);
  store<u32>(latentAt(r, n), latent);
  store<i32>(at, <i32>(n + 1));
  if (n + 1 == screen.capacity) compact(r);
}

/** Makes room in a full list: raises the floor and drops what lies below, with more and more exact values. */
function compact(r: usize): void {
  const enough = (screen.capacity * 3) >> 2;
  raise(r, false);
  if (<usize>load<i32>(counts + (r << 2)) <= enough) return;
  if (!exactTiles) raise(r, true);
  if (<usize>load<i32>(counts + (r << 2)) <= enough) return;
  resolve(r);
}

/** Upper bound of an entry. */
// @ts-ignore: decorator
@inline
function upperAt(r: usize, n: usize, slack: f32): f32 {
  const value = load<f32>(valueAt(r, n));
  const state = load<u32>(latentAt(r, n));
  return state & SUM ? value + slack : state & WIDE ? value + abs<f32>(value) * ROUNDING : value;
}

/** More than the rounding of a float64 number to float32, and of arithmetic with bounds. */
const ROUNDING: f32 = 2.5e-7;

/** Raises the floor to the k-th largest known value less its slack: of the k most promising entries, or of all. */
function raise(r: usize, all: bool): void {
  const n = <usize>load<i32>(counts + (r << 2));
  if (n < job.k) return;
  const slack = slackOf(screen, changetype<SampleCopy>(screen.sampleCopy), firstRow + r);
  if (!exactTiles) {
    let bar: f32 = -Infinity;
    if (!all) {
      for (let i: usize = 0; i < n; i++) store<f32>(temporary + (i << 2), upperAt(r, i, slack));
      bar = kthLargest<f32>(temporary, n, job.k);
    }
    sumAbove(r, bar);
  }
  let known: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    if (load<u32>(latentAt(r, i)) & (SUM | WIDE)) store<f32>(temporary + (known++ << 2), load<f32>(valueAt(r, i)));
  }
  if (known < job.k) return;
  const least = kthLargest<f32>(temporary, known, job.k);
  const floor = least - slack - abs<f32>(least) * ROUNDING;
  if (floor > load<f32>(floors + (r << 2))) store<f32>(floors + (r << 2), floor);
  keepAbove(r, load<f32>(floors + (r << 2)), slack);
}

function keepAbove(r: usize, floor: f32, slack: f32): void {
  const n = <usize>load<i32>(counts + (r << 2));
  let kept: usize = 0;
  for (let i: usize = 0; i < n; i++) if (upperAt(r, i, slack) >= floor) move(r, i, kept++);
  store<i32>(counts + (r << 2), <i32>kept);
}

// @ts-ignore: decorator
@inline
function move(r: usize, from: usize, to: usize): void {
  store<f32>(valueAt(r, to), load<f32>(valueAt(r, from)));
  store<u32>(latentAt(r, to), load<u32>(latentAt(r, from)));
  store<f64>(wideAt(r, to), load<f64>(wideAt(r, from)));
}

/** Float32 sums of the entries whose bound reaches a bar, four at a time. */
function sumAbove(r: usize, bar: f32): void {
  const n = <usize>load<i32>(counts + (r << 2));
  const sample = screen.samples + (firstRow + r) * (screen.width << 2);
  const products = job.products + ((firstRow + r) << 2);
  let waiting: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    if (load<u32>(latentAt(r, i)) & (SUM | WIDE) || load<f32>(valueAt(r, i)) < bar) continue;
    store<u32>(four + (waiting++ << 2), <u32>i);
    if (waiting == 4) {
      dot4(sample, rowOf(r, 0), rowOf(r, 1), rowOf(r, 2), rowOf(r, 3), screen.width, four + 16);
      for (let q: usize = 0; q < 4; q++) setSum(r, q, load<f32>(four + 16 + (q << 2)));
      store<i32>(products, load<i32>(products) + 4);
      waiting = 0;
    }
  }
  for (let q: usize = 0; q < waiting; q++) setSum(r, q, dot(sample, rowOf(r, q), screen.width));
  store<i32>(products, load<i32>(products) + <i32>waiting);
}

/** Encoder row of the q-th entry that waits in `four`. */
// @ts-ignore: decorator
@inline
function rowOf(r: usize, q: usize): usize {
  const latent = load<u32>(latentAt(r, load<u32>(four + (q << 2)))) & LATENT;
  return screen.encoder + <usize>latent * (screen.width << 2);
}

// @ts-ignore: decorator
@inline
function setSum(r: usize, q: usize, product: f32): void {
  const i = load<u32>(four + (q << 2));
  const latent = load<u32>(latentAt(r, i));
  store<f32>(valueAt(r, i), product + load<f32>(screen.bias + (<usize>latent << 2)));
  store<u32>(latentAt(r, i), latent | SUM);
}

/** Float64 values of all entries, four at a time. */
function widenAll(r: usize): void {
  const n = <usize>load<i32>(counts + (r << 2));
  const width = screen.width;
  if (wideRow != r) widen(screen.samples + (firstRow + r) * (width << 2), wideSample, width);
  wideRow = r;
  let waiting: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    if (load<u32>(latentAt(r, i)) & WIDE) continue;
    store<u32>(four + (waiting++ << 2), <u32>i);
    if (waiting == 4) {
      dotWide4(wideSample, rowOf(r, 0), rowOf(r, 1), rowOf(r, 2), rowOf(r, 3), width, four + 16);
      for (let q: usize = 0; q < 4; q++) setWide(r, q, load<f64>(four + 16 + (q << 3)));
      waiting = 0;
    }
  }
  for (let q: usize = 0; q < waiting; q++) setWide(r, q, dotWide(wideSample, rowOf(r, q), width));
}

// @ts-ignore: decorator
@inline
function setWide(r: usize, q: usize, product: f64): void {
  const i = load<u32>(four + (q << 2));
  const latent = load<u32>(latentAt(r, i)) & LATENT;
  const z = product + <f64>load<f32>(screen.bias + (<usize>latent << 2));
  store<f64>(wideAt(r, i), z);
  store<f32>(valueAt(r, i), <f32>z);
  store<u32>(latentAt(r, i), latent | WIDE);
}

/** Keeps exactly the k largest of a list by float64 value and latent: for lists in which many values are as good as equal. */
function resolve(r: usize): void {
  widenAll(r);
  const floor = <f32>keepLargest(r);
  const below = floor - abs<f32>(floor) * ROUNDING - 1e-44;
  if (below > load<f32>(floors + (r << 2))) store<f32>(floors + (r << 2), below);
}

/** Keeps the k largest of the list by float64 value, ties by latent; returns the smallest of them. */
function keepLargest(r: usize): f64 {
  const n = <usize>load<i32>(counts + (r << 2));
  if (n <= job.k) return -Infinity;
  for (let i: usize = 0; i < n; i++) store<f64>(temporary + (i << 3), load<f64>(wideAt(r, i)));
  const bar = kthLargest<f64>(temporary, n, job.k);
  let equal = job.k;
  for (let i: usize = 0; i < n; i++) if (load<f64>(wideAt(r, i)) > bar) equal--;
  let kept: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    const z = load<f64>(wideAt(r, i));
    if (z < bar) continue;
    if (z == bar) {
      if (equal == 0) continue;
      equal--;
    }
    move(r, i, kept++);
  }
  store<i32>(counts + (r << 2), <i32>kept);
  return bar;
}

/** Products of float64 numbers that cost less than raising the floor. */
const CHEAP: isize = 3000;

/** The final selection of a span, in order of latents, goes behind those of the sample's earlier spans. */
function finish(r: usize): void {
  const surplus = <isize>load<i32>(counts + (r << 2)) - <isize>job.k;
  if (surplus > 0 && surplus * <isize>screen.width > CHEAP) {
    raise(r, false);
    if (!exactTiles) raise(r, true);
  }
  widenAll(r);
  keepLargest(r);

  const b = firstRow + r;
  const n = <usize>load<i32>(counts + (r << 2));
  const before = <usize>load<i32>(job.counts + (b << 2));
  const out = (b * job.stride + before) << 2;
  let kept: usize = 0;
  let least = load<f32>(job.least + (b << 2));
  for (let i: usize = 0; i < n; i++) {
    const z = load<f64>(wideAt(r, i));
    if (z <= 0 && !job.signed) continue;
    store<f64>(wideAt(r, kept), z);
    store<f32>(job.values + out + (kept << 2), <f32>z);
    store<u32>(job.latents + out + (kept << 2), load<u32>(latentAt(r, i)) & LATENT);
    least = min<f32>(least, <f32>z);
    kept++;
  }
  store<i32>(job.counts + (b << 2), <i32>(before + kept));
  store<f32>(job.least + (b << 2), kept < job.k ? -Infinity : least);
  if (job.levelCount > 1) rankLevels(r, job.levels + (out >> 1), kept);
}

/** Level of each entry of a span by its rank. */
function rankLevels(r: usize, levels: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) store<u16>(levels + (i << 1), <u16>(job.levelCount - 1));
  for (let level = <isize>job.levelCount - 2; level >= 0; level--) {
    const k = min<usize>(<usize>load<u32>(job.ks + (<usize>level << 2)), n);
    for (let i: usize = 0; i < n; i++) store<f64>(temporary + (i << 3), load<f64>(wideAt(r, i)));
    const bar = k > 0 ? kthLargest<f64>(temporary, n, k) : Infinity;
    let equal = k;
    for (let i: usize = 0; i < n; i++) if (load<f64>(wideAt(r, i)) > bar) equal--;
    for (let i: usize = 0; i < n; i++) {
      const z = load<f64>(wideAt(r, i));
      if (z < bar || (z == bar && equal == 0)) continue;
      if (z == bar) equal--;
      store<u16>(levels + (i << 1), <u16>level);
    }
  }
}
