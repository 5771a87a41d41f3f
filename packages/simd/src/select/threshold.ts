import { type Allocate, type Core, structIn } from "../core.js";
import { thresholdLayout } from "../generated/layouts.js";
import type { Dense } from "../values.js";
import type { EncoderCopy } from "./encoderCopies.js";
import type { Found } from "./found.js";
import { openScreen } from "./screen.js";
import { mean } from "./topK.js";

/** A selection by thresholds. */
export interface ThresholdRequest {
  readonly x: Dense;
  readonly encoder: Dense;
  readonly bias?: Dense | undefined;
  readonly copy: EncoderCopy;
  /** Writes the threshold of each latent. */
  readonly bars: (bars: Float32Array) => void;
  /** Pairs that are expected; more cost a second sweep. */
  readonly expected: number;
  /** Take what may lie above its threshold, for a later look in float64. Default false. */
  readonly withSlack?: boolean;
}

/** Result of {@link selectAboveBars}. */
export interface ThresholdResult {
  readonly found: Found;
  /** Inner products that were computed beside the tiles, per sample. */
  readonly productsPerSample: number;
  /** Most that a pre-activation may be off. */
  readonly slack: number;
}

/** Selects what is above the thresholds; undefined where something is not finite. */
export function selectAboveBars(core: Core, request: ThresholdRequest): ThresholdResult | undefined {
  const { x, encoder, bias, copy, expected, withSlack = false } = request;
  const { heap, pool } = core;
  const batch = x.shape[0] as number;
  const latents = encoder.shape[0] as number;
  return core.temporary((allocate) => {
    const screen = openScreen(core, allocate, { x, encoder, bias, copy, capacity: latents, entryBytes: 8 });
    if (!screen.finite) return undefined;
    const padded = 16 * Math.ceil(latents / 16);
    const bars = allocate(4 * padded);
    const barNumbers = heap.f32(bars, padded).fill(Number.POSITIVE_INFINITY);
    request.bars(barNumbers.subarray(0, latents));
    const counts = allocate(4 * batch);
    const bases = allocate(4 * screen.chunks);
    const cursor = allocate(4);
    const products = allocate(4 * batch);
    const offsets = core.keep(4 * (batch + 1));
    let capacity = Math.ceil(Math.min(expected, batch * latents)) + 1024;
    for (;;) {
      heap.i32(cursor, 1)[0] = 0;
      const store = storeOf(allocate, capacity);
      const job = structIn(core, allocate, thresholdLayout, {
        ...{
          screen: screen.struct,
          bars,
          counts,
          bases,
          cursor,
          ...store,
          capacity,
          products,
          withSlack: Number(withSlack),
        },
      });
      pool.run("threshold", screen.chunks, job);
      const count = heap.i32(cursor, 1)[0] as number;
      if (count > capacity) {
        capacity = count;
        continue;
      }
      const starts = heap.i32(offsets, batch + 1);
      const found = heap.i32(counts, batch);
      starts[0] = 0;
      for (let b = 0; b < batch; b++) starts[b + 1] = (starts[b] as number) + (found[b] as number);
      const latentOf = core.keep(4 * count);
      const values = core.keep(4 * count);
      pool.run("gatherLists", screen.chunks, job, offsets, latentOf, values);
      return {
        found: { batch, latents, levels: 1, count, offsets, latentOf, levelOf: 0, values },
        productsPerSample: mean(heap.i32(products, batch)),
        slack: screen.slack,
      };
    }
  });
}

const storeOf = (allocate: Allocate, capacity: number): { latents: number; values: number } => ({
  latents: allocate(4 * capacity),
  values: allocate(4 * capacity),
});
