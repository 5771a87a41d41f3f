import type { Core } from "../core.js";
import type { Found } from "./found.js";
import { selectAboveBars, type ThresholdRequest, type ThresholdResult } from "./threshold.js";

/** A selection by rank in the batch. */
export interface BatchTopKRequest extends Omit<ThresholdRequest, "bars" | "expected"> {
  /** Pairs in all, cumulated by level: ascending. */
  readonly counts: readonly number[];
  /** A guess below the smallest selected pre-activation; undefined without one. */
  readonly guess?: number | undefined;
}

/** Samples that a first guess is made from. */
const sampled = 48;

/** The largest positive pre-activations of the batch; undefined where something is not finite. */
export function selectBatchTopK(core: Core, request: BatchTopKRequest): ThresholdResult | undefined {
  const wanted = request.counts.at(-1) as number;
  const above = (bar: number): ThresholdResult | undefined =>
    selectAboveBars(core, { ...request, bars: (bars) => bars.fill(bar), expected: 4 * wanted, withSlack: true });
  // Above a bar everything is found, so the bar has to lie well below the smallest selected value: one that was too high is lowered.
  for (const bar of bars(core, request)) {
    const result = above(bar);
    if (result === undefined) return undefined;
    const { found, slack } = result;
    const smallest = found.count >= wanted && wanted > 0 ? kthLargest(core, found, wanted) : 0;
    if (bar === 0 || smallest - 4 * slack > bar)
      return { ...result, found: cut(core, request, found, smallest - 2 * slack) };
    freeFound(core, found);
  }
  throw new Error("internal: everything positive lies above 0");
}

/** Bars to try: the guess, one from the first samples, half of that, and 0. */
function* bars(core: Core, request: BatchTopKRequest): Generator<number> {
  if (request.guess !== undefined) yield request.guess;
  const first = firstGuess(core, request);
  yield* [first, first / 2, 0];
}

/** A bar that about half as many pairs again pass as are wanted, from the first samples. */
function firstGuess(core: Core, request: BatchTopKRequest): number {
  const [batch, width] = request.x.shape as readonly [number, number];
  const rows = Math.min(sampled, batch);
  if (rows === batch) return 0;
  const x = { shape: [rows, width], pointer: request.x.pointer };
  const result = selectAboveBars(core, {
    ...request,
    x,
    bars: (bars) => bars.fill(0),
    expected: Number.POSITIVE_INFINITY,
  });
  if (result === undefined) return 0;
  const share = Math.ceil((1.5 * (request.counts.at(-1) as number) * rows) / batch);
  const bar = share > 0 && share < result.found.count ? kthLargest(core, result.found, share) : 0;
  freeFound(core, result.found);
  return bar;
}

/** The k-th largest value, k from 1. */
function kthLargest({ heap, pool, temporary }: Core, { values, count }: Found, k: number): number {
  return temporary((allocate) => {
    const copy = allocate(4 * count);
    heap.f32(copy, count).set(heap.f32(values, count));
    return pool.call("kthLargestFloat", copy, count, k);
  });
}

/** Keeps the largest pairs by float64 value and place among those above a floor, which is safely below all of them. */
function cut(core: Core, request: BatchTopKRequest, found: Found, floor: number): Found {
  const { heap, pool } = core;
  const { x, encoder, bias, counts } = request;
  const { batch, latents } = found;
  const [, width] = x.shape as readonly [number, number];
  keep(core, found, heap.f32(found.values, found.count), (value) => value >= floor);
  const kept = heap.i32(found.offsets, batch + 1)[batch] as number;
  return core.temporary((allocate) => {
    const wide = allocate(8 * kept);
    const { pointer, stride } = core.scratch(8 * (width + 8));
    const rows = Math.max(1, Math.ceil(batch / (8 * pool.threads)));
    pool.run(
      "wideProducts",
      Math.ceil(batch / rows),
      ...[found.offsets, found.latentOf, x.pointer, encoder.pointer, bias?.pointer ?? 0, batch, width],
      ...[wide, rows, pointer, stride],
    );
    const sorted = allocate(8 * kept);
    const numbers = heap.f64(wide, kept);
    const take = (rank: number): ((value: number) => boolean) => {
      heap.f64(sorted, kept).set(numbers);
      const bar = rank < kept ? pool.call("kthLargestWide", sorted, kept, rank) : Number.NEGATIVE_INFINITY;
      let equal = rank - numbers.reduce((sum, value) => (value > bar ? sum + 1 : sum), 0);
      return (value) => value > bar || (value === bar && equal-- > 0);
    };
    const total = Math.min(counts.at(-1) as number, kept);
    const levels = new Uint16Array(kept).fill(counts.length - 1);
    for (let level = counts.length - 2; level >= 0; level--) {
      const rank = counts[level] as number;
      if (rank === 0) continue;
      const inLevel = take(rank);
      numbers.forEach((value, n) => {
        if (inLevel(value)) levels[n] = level;
      });
    }
    const inAll = total > 0 ? take(total) : () => false;
    const selected = Uint8Array.from(numbers, (value) => Number(inAll(value) && value > 0));
    const values = heap.f32(found.values, kept);
    numbers.forEach((value, n) => {
      values[n] = value;
    });
    keep(core, found, values, (_, n) => selected[n] === 1);
    const count = heap.i32(found.offsets, batch + 1)[batch] as number;
    if (counts.length === 1) return { batch, latents, levels: 1, count, ...blocksOf(found), levelOf: 0 };
    const levelOf = core.keep(2 * count);
    new Uint16Array(heap.memory.buffer, levelOf, count).set(levels.filter((_, n) => selected[n] === 1));
    return { batch, latents, levels: counts.length, count, ...blocksOf(found), levelOf };
  });
}

const blocksOf = ({ offsets, latentOf, values }: Found): Pick<Found, "offsets" | "latentOf" | "values"> => ({
  offsets,
  latentOf,
  values,
});

/** Drops pairs in place. */
function keep({ heap }: Core, found: Found, values: Float32Array, wanted: (value: number, n: number) => boolean): void {
  const offsets = heap.i32(found.offsets, found.batch + 1);
  const latentOf = heap.i32(found.latentOf, found.count);
  let kept = 0;
  let start = 0;
  for (let b = 0; b < found.batch; b++) {
    const end = offsets[b + 1] as number;
    for (let n = start; n < end; n++) {
      const value = values[n] as number;
      if (!wanted(value, n)) continue;
      latentOf[kept] = latentOf[n] as number;
      values[kept++] = value;
    }
    start = end;
    offsets[b + 1] = kept;
  }
}

/** Frees the blocks of a selection that is not taken. */
export function freeFound(core: Core, { offsets, latentOf, levelOf, values }: Found): void {
  for (const block of [offsets, latentOf, values, levelOf]) if (block !== 0) core.release(block);
}
