// Gradients by rows and Adam at once: no gradient of the size of a parameter is stored.
import { squareSum } from "./arithmetic";
import { copyRows, EncoderCopy } from "./encoderCopy";
import { Pairs } from "./pairs";
import { addScaled, combine, dot, fma, scaleRow } from "./vector";

/** Adam's numbers of one step (Kingma & Ba 2015). */
@unmanaged
export class Adam {
  beta1: f32;
  rest1: f32;
  beta2: f32;
  rest2: f32;
  /** lr / (1 - beta1^t). */
  rate: f32;
  /** 1 / sqrt(1 - beta2^t). */
  root: f32;
  epsilon: f32;
  /** Factor of the gradient (clipping). */
  factor: f32;
  /** Lower bound of the parameter. */
  minimum: f32;
}

/** The update of a matrix. */
@unmanaged
export class RowUpdate {
  value: usize;
  first: usize;
  second: usize;
  rows: usize;
  width: usize;
  rowsPerChunk: usize;
  /** Dense gradient, or 0. */
  gradient: usize;
  /** Sparse sources: addresses of {@link RowSource}. */
  sources: usize;
  sourceCount: usize;
  /** Factor of the row itself: 0 none, 1 one number, 2 float32 per row and block. */
  scaleMode: i32;
  scale: f32;
  scales: usize;
  /** uint32 widths of the blocks. */
  blocks: usize;
  blockCount: usize;
  /** Anchors of the first rows. */
  anchors: usize;
  anchored: usize;
  strength: f32;
  /** A {@link Support} for each block of rows, one after the other. */
  supports: usize;
  unitRows: i32;
  /** Copy of the encoder to keep up to date, or 0. */
  copy: usize;
  /** Scratch memory of thread 0, and bytes of each thread's: a row, then the list of a row. */
  scratch: usize;
  scratchBytes: usize;
  /** float64 per chunk: sum of squares of the gradient. */
  squares: usize;
  /** Where {@link gradientSquares} leaves the gradient for {@link updateRows}; 0 where that one computes it, row by row. */
  stored: usize;
}

/** Rows up to `end` hold numbers in the columns [from, to) alone. */
@unmanaged
export class Support {
  end: u32;
  from: u32;
  to: u32;
}

/** sum_b c_bi y_b: coefficients at pairs, one matrix of rows per level. */
@unmanaged
export class RowSource {
  pairs: usize;
  coefficients: usize;
  /** uint32 address per level. */
  rows: usize;
}

/** The gradient rows of a chunk, after projection, and their sum of squares. */
export function gradientSquares(chunk: i32, thread: i32, updateAt: usize): void {
  const update = changetype<RowUpdate>(updateAt);
  const first = <usize>chunk * update.rowsPerChunk;
  const list = update.scratch + <usize>thread * update.scratchBytes;
  let sum: f64 = 0;
  for (let j = first; j < min(first + update.rowsPerChunk, update.rows); j++) {
    const support = supportOf(update, j);
    const row = update.stored + j * (update.width << 2);
    gradientRow(update, j, support, row, list);
    sum += squareSum(row, support.to - support.from);
  }
  store<f64>(update.squares + (<usize>chunk << 3), sum);
}

/** Adam on the rows of a chunk. */
export function updateRows(chunk: i32, thread: i32, updateAt: usize, adamAt: usize): void {
  const update = changetype<RowUpdate>(updateAt);
  const adam = changetype<Adam>(adamAt);
  const scratch = update.scratch + <usize>thread * update.scratchBytes;
  const list = scratch + (((update.width << 2) + 15) & ~15);
  const first = <usize>chunk * update.rowsPerChunk;
  const bytes = update.width << 2;
  const end = min(first + update.rowsPerChunk, update.rows);
  for (let j = first; j < end; j++) {
    const support = supportOf(update, j);
    const width: usize = support.to - support.from;
    const at = j * bytes + (support.from << 2);
    const row = update.stored ? update.stored + j * bytes : scratch;
    if (!update.stored) gradientRow(update, j, support, row, list);
    adamSpan(adam, update.value + at, update.first + at, update.second + at, row, width);
    if (update.unitRows) {
      const square = squareSum(update.value + at, width);
      if (square > 0) scaleRow(update.value + at, <f32>(1 / sqrt<f64>(square)), width);
    }
  }
  if (update.copy) copyRows(changetype<EncoderCopy>(update.copy), update.value, first, first + update.rowsPerChunk);
}

/** Adam on numbers [chunk perChunk, ...) of a parameter with a dense gradient. */
export function updateSpan(
  chunk: i32,
  thread: i32,
  adamAt: usize,
  value: usize,
  first: usize,
  second: usize,
  gradient: usize,
  count: usize,
  perChunk: usize,
): void {
  const at = (<usize>chunk * perChunk) << 2;
  const length = min(perChunk, count - <usize>chunk * perChunk);
  adamSpan(changetype<Adam>(adamAt), value + at, first + at, second + at, gradient + at, length);
}

/** The block of row j. */
function supportOf(update: RowUpdate, j: usize): Support {
  let at = update.supports;
  while (j >= changetype<Support>(at).end) at += offsetof<Support>();
  return changetype<Support>(at);
}

/** The gradient of row j in the columns of its support before clipping, written to `row`; `list` has room for its entries. */
function gradientRow(update: RowUpdate, j: usize, support: Support, row: usize, list: usize): void {
  const bytes = update.width << 2;
  const width: usize = support.to - support.from;
  const start = support.from << 2;
  const at = j * bytes + start;
  const value = update.value + at;
  let count: usize = 0;
  for (let s: usize = 0; s < update.sourceCount; s++) {
    const source = changetype<RowSource>(update.sources + s * offsetof<RowSource>());
    const pairs = changetype<Pairs>(source.pairs);
    const end = <usize>load<i32>(pairs.byLatent + ((j + 1) << 2));
    for (let n = <usize>load<i32>(pairs.byLatent + (j << 2)); n < end; n++) {
      const position = <usize>load<i32>(pairs.position + (n << 2));
      const coefficient = load<f32>(source.coefficients + (position << 2));
      if (coefficient == 0) continue;
      const level: usize = pairs.levels > 1 ? <usize>load<u16>(pairs.levelOf + (position << 1)) : 0;
      const sample = <usize>load<i32>(pairs.sample + (n << 2));
      store<f32>(list + (count << 3), coefficient);
      store<u32>(list + (count << 3), load<u32>(source.rows + (level << 2)) + <u32>(sample * bytes + start), 4);
      count++;
    }
  }
  combine(list, count, row, width);
  if (update.gradient) addScaled(row, 1, update.gradient + at, width);
  if (update.scaleMode == 1) addScaled(row, update.scale, value, width);
  else if (update.scaleMode == 2) {
    let column: usize = 0;
    for (let s: usize = 0; s < update.blockCount; s++) {
      const from = max(column, <usize>support.from);
      column += <usize>load<u32>(update.blocks + (s << 2));
      const to = min(column, <usize>support.to);
      if (from >= to) continue;
      const factor = load<f32>(update.scales + ((j * update.blockCount + s) << 2));
      const offset = (from - support.from) << 2;
      addScaled(row + offset, factor, value + offset, to - from);
    }
  }
  if (j < update.anchored) {
    addScaled(row, 2 * update.strength, value, width);
    addScaled(row, -2 * update.strength, update.anchors + at, width);
  }
  if (update.unitRows) addScaled(row, -dot(row, value, width), value, width);
}

function adamSpan(adam: Adam, value: usize, first: usize, second: usize, gradient: usize, count: usize): void {
  const bytes = count << 2;
  const beta1 = f32x4.splat(adam.beta1);
  const rest1 = f32x4.splat(adam.rest1);
  const beta2 = f32x4.splat(adam.beta2);
  const rest2 = f32x4.splat(adam.rest2);
  const rate = f32x4.splat(adam.rate);
  const root = f32x4.splat(adam.root);
  const epsilon = f32x4.splat(adam.epsilon);
  const factor = f32x4.splat(adam.factor);
  const minimum = f32x4.splat(adam.minimum);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    const g = f32x4.mul(factor, v128.load(gradient + c));
    const m = fma(rest1, g, f32x4.mul(beta1, v128.load(first + c)));
    const v = fma(f32x4.mul(rest2, g), g, f32x4.mul(beta2, v128.load(second + c)));
    v128.store(first + c, m);
    v128.store(second + c, v);
    const move = f32x4.div(f32x4.mul(rate, m), fma(f32x4.sqrt(v), root, epsilon));
    v128.store(value + c, f32x4.max(f32x4.sub(v128.load(value + c), move), minimum));
  }
  for (; c < bytes; c += 4) {
    const g = adam.factor * load<f32>(gradient + c);
    const m = adam.rest1 * g + adam.beta1 * load<f32>(first + c);
    const v = adam.rest2 * g * g + adam.beta2 * load<f32>(second + c);
    store<f32>(first + c, m);
    store<f32>(second + c, v);
    const move = (adam.rate * m) / (sqrt<f32>(v) * adam.root + adam.epsilon);
    store<f32>(value + c, max<f32>(load<f32>(value + c) - move, adam.minimum));
  }
}
