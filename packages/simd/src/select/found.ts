import type { Core } from "../core.js";
import type { PairBlocks } from "../values.js";

/** A selection in new blocks, which pass to who takes it. */
export type Found = PairBlocks;

/** Rows at a fixed distance become compressed rows; blocks are changed in place. */
export interface PaddedRows {
  readonly batch: number;
  readonly latents: number;
  readonly levels: number;
  /** Distance of the rows. */
  readonly stride: number;
  /** int32 `[B]`: entries of each row. */
  readonly counts: number;
  readonly latentOf: number;
  /** uint16 per entry, or 0. */
  readonly levelOf: number;
  /** float32 per entry. */
  readonly values: number;
}

/** Closes the gaps behind the entries of each row. */
export function compressed(core: Core, rows: PaddedRows): Found {
  const { heap } = core;
  const { batch, latents, levels, stride, latentOf, levelOf, values } = rows;
  const offsets = core.keep(4 * (batch + 1));
  const counts = heap.i32(rows.counts, batch);
  const starts = heap.i32(offsets, batch + 1);
  starts[0] = 0;
  for (let b = 0; b < batch; b++) starts[b + 1] = (starts[b] as number) + (counts[b] as number);
  const count = starts[batch] as number;
  if (count < batch * stride) {
    const arrays = [heap.i32(latentOf, batch * stride), heap.f32(values, batch * stride)];
    const ranks = levelOf === 0 ? undefined : new Uint16Array(heap.memory.buffer, levelOf, batch * stride);
    for (const array of ranks === undefined ? arrays : [...arrays, ranks]) {
      for (let b = 0; b < batch; b++) {
        array.copyWithin(starts[b] as number, b * stride, b * stride + (counts[b] as number));
      }
    }
  }
  return { batch, latents, levels, count, offsets, latentOf, levelOf, values };
}

/** Levels by ascending widths, the last one the number of latents. */
export function prefixLevels(core: Core, latentOf: number, count: number, widths: readonly number[]): number {
  const { heap } = core;
  const levelOf = core.keep(2 * count);
  const levels = new Uint16Array(heap.memory.buffer, levelOf, count);
  const latents = heap.i32(latentOf, count);
  for (let n = 0; n < count; n++) {
    let level = 0;
    while ((latents[n] as number) >= (widths[level] as number)) level++;
    levels[n] = level;
  }
  return levelOf;
}
