// Copies of the samples in panels of 6 rows, in the precision of the encoder's copy.
import { squareSum } from "./arithmetic";
import { FLOAT, largestMagnitude, putWords, SHORT } from "./encoderCopy";
import { fma, horizontalSum, zero } from "./vector";

/** Copy of a batch. */
@unmanaged
export class SampleCopy {
  kind: i32;
  /** Steps of a tile's loop. */
  depth: usize;
  panels: usize;
  /** float32 per sample: 1 / unit. */
  inverse: usize;
  /** float32 per sample: norm of the copy in units. */
  size: usize;
  /** float32 per sample: norm of sample minus copy in units, with the slack of rounding. */
  error: usize;
  /** float32 per sample: norm, rounded up. */
  norm: usize;
  rows: usize;
  width: usize;
  /** Largest whole number. */
  limit: f32;
  /** Added to the whole numbers. */
  offset: i32;
  roundUp: f32;
  /** Rounding of an exact inner product, relative to the norms. */
  slack: f32;
  /** Least range of the whole numbers: far below the biases, which are divided by the unit. */
  leastRange: f32;
}

/** Panels that one chunk copies. */
export const COPY_PANELS: usize = 8;

/** Copies 48 samples; zeros behind the last one. */
export function copySamples(chunk: i32, thread: i32, samples: usize, copyAt: usize): void {
  const copy = changetype<SampleCopy>(copyAt);
  const panels = (copy.rows + 5) / 6;
  const first = <usize>chunk * COPY_PANELS;
  for (let p = first; p < min(first + COPY_PANELS, panels); p++) {
    for (let r: usize = 0; r < 6; r++) copySample(copy, samples, p, r);
  }
}

function copySample(copy: SampleCopy, samples: usize, panel: usize, r: usize): void {
  const b = panel * 6 + r;
  const width = copy.width;
  let to = copy.panels + panel * copy.depth * 24 + (r << 2);
  if (b >= copy.rows) {
    for (let k: usize = 0; k < copy.depth; k++) store<i32>(to + k * 24, 0);
    return;
  }
  const row = samples + b * (width << 2);
  const norm = <f32>sqrt<f64>(squareSum(row, width)) * copy.roundUp;
  store<f32>(copy.norm + (b << 2), norm);
  if (copy.kind == FLOAT) {
    for (let k: usize = 0; k < width; k++) store<f32>(to + k * 24, load<f32>(row + (k << 2)));
    return;
  }
  const largest = max<f32>(largestMagnitude(row, width), copy.leastRange);
  const perUnit = copy.limit / largest;
  const inverse = f32x4.splat(perUnit);
  const offset = i32x4.splat(copy.offset);
  const short = copy.kind == SHORT;
  let error = zero();
  let size = zero();
  const whole = width & ~3;
  for (let c: usize = 0; c < whole; c += 4) {
    const v = v128.load(row + (c << 2));
    const exact = f32x4.mul(v, inverse);
    const near = f32x4.nearest(exact);
    const rest = f32x4.sub(exact, near);
    error = fma(rest, rest, error);
    size = fma(near, near, size);
    to = putWords(to, 24, i32x4.add(i32x4.trunc_sat_f32x4_s(near), offset), short);
  }
  let errors = horizontalSum(error);
  let sizes = horizontalSum(size);
  if (whole < width) {
    let last = offset;
    for (let c = whole; c < width; c++) {
      const v = load<f32>(row + (c << 2));
      const near = nearest<f32>(v * perUnit);
      const rest = v * perUnit - near;
      errors += rest * rest;
      sizes += near * near;
      const lane = <i32>near + copy.offset;
      if (c == whole) last = i32x4.replace_lane(last, 0, lane);
      else if (c == whole + 1) last = i32x4.replace_lane(last, 1, lane);
      else last = i32x4.replace_lane(last, 2, lane);
    }
    putWords(to, 24, last, short);
  }
  store<f32>(copy.inverse + (b << 2), perUnit);
  store<f32>(copy.size + (b << 2), sqrt<f32>(sizes) * copy.roundUp);
  store<f32>(copy.error + (b << 2), (sqrt<f32>(errors) + copy.slack * norm * perUnit) * copy.roundUp);
}
