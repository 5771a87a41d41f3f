// The product of samples and encoder by tiles that are filtered at once: pre-activations are never stored.
import { SampleCopy } from "./sampleCopy";
import { EncoderCopy, FLOAT, SHORT } from "./encoderCopy";
import { tile8Row, tile16Row, tileByte8Row, tileByte16Row, tileShort8Row } from "./generated/micro";

/** What a sweep of the encoder works on. */
@unmanaged
export class Screen {
  encoderCopy: usize;
  sampleCopy: usize;
  /** float32 rows. */
  encoder: usize;
  samples: usize;
  /** float32 per latent, minus infinity behind the last one. */
  bias: usize;
  batch: usize;
  latents: usize;
  width: usize;
  /** Samples of one chunk, a multiple of 6. */
  chunkRows: usize;
  /** Columns of one block, a multiple of 16: its panels stay in the second-level cache. */
  blockColumns: usize;
  /** Entries that the list of a sample holds. */
  capacity: usize;
  /** Scratch memory of thread 0, and bytes of each thread's. */
  scratch: usize;
  scratchBytes: usize;
  /** Largest norm of an encoder row. */
  largestNorm: f32;
  /** Rounding of an exact pre-activation: relative to the norms, and absolute (from the biases). */
  slack: f32;
  biasSlack: f32;
}

/** Bytes in front of the lists in a thread's scratch memory: a tile, `capacity` float64 numbers, a float64 sample. */
export function listsOffset(screen: Screen): usize {
  return 24 * screen.blockColumns + 8 * screen.capacity + 8 * ((screen.width + 7) & ~7);
}

/** The tiles of one panel of samples and the columns [first, first + columns). */
export function tileRow(copy: EncoderCopy, a: usize, first: usize, columns: usize, starts: usize, c: usize): void {
  const b = copy.panels + (first / copy.columns) * copy.panelBytes;
  const start = starts + (first << 2);
  const narrow = copy.columns == 8;
  if (copy.kind == FLOAT) {
    if (narrow) tile8Row(a, b, copy.depth, columns, c, start);
    else tile16Row(a, b, copy.depth, columns, c, start);
  } else if (copy.kind == SHORT) tileShort8Row(a, b, copy.depth, columns, c, start);
  else if (narrow) tileByte8Row(a, b, copy.depth, columns, c, start);
  else tileByte16Row(a, b, copy.depth, columns, c, start);
}

/** The largest of `count` numbers that are not negative. */
export function largestOf(values: usize, count: usize): f32 {
  let largest: f32 = 0;
  for (let i: usize = 0; i < count; i++) largest = max<f32>(largest, load<f32>(values + (i << 2)));
  return largest;
}

/** One bit for each of 16 numbers that reach a bar. */
// @ts-ignore: decorator
@inline
export function maskOf(v0: v128, v1: v128, v2: v128, v3: v128, bar: v128): i32 {
  return (
    i32x4.bitmask(f32x4.ge(v0, bar)) |
    (i32x4.bitmask(f32x4.ge(v1, bar)) << 4) |
    (i32x4.bitmask(f32x4.ge(v2, bar)) << 8) |
    (i32x4.bitmask(f32x4.ge(v3, bar)) << 12)
  );
}

/** How far a float32 pre-activation of sample b may lie from the true one. */
export function slackOf(screen: Screen, samples: SampleCopy, b: usize): f32 {
  return screen.slack * screen.largestNorm * load<f32>(samples.norm + (b << 2)) + screen.biasSlack;
}
