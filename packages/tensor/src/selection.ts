import type { SelectionPlan } from "./selectionPlan.js";

/** Numbers that a selection reads. */
export type Numbers = Float32Array | Float64Array;

/** Stored (sample, latent) pairs in compressed rows; latents ascend in a row. */
export interface Pairs {
  /** Row b holds pairs `offsets[b]` to `offsets[b + 1] - 1`, `[B + 1]`. */
  readonly offsets: Int32Array;
  /** Latent of each pair. */
  readonly latents: Int32Array;
  /** Level of each pair; absent where there is one level. */
  readonly levels?: Uint8Array | Uint16Array;
}

/**
 * The k largest of each span of the plan: value descending, then position b Q + i ascending.
 *
 * @param z - pre-activations `[B, Q]`; minus infinity is never selected
 * @throws RangeError that names the row of a NaN
 */
export function selectLargest(z: Numbers, plan: SelectionPlan): Pairs {
  const { batch, latents, span, counts, signed } = plan;
  const limit = Math.min(counts.at(-1) as number, span);
  const positions = new Int32Array(((batch * latents) / span) * limit);
  const heap = new Int32Array(limit);
  const rankLevels = counts.length > 1 ? new Map<number, number>() : undefined;
  let total = 0;
  for (let start = 0; start < batch * latents; start += span) {
    const count = largest(z, start, start + span, limit, heap, signed ? Number.NEGATIVE_INFINITY : 0);
    if (count < 0) throw nanError(z, latents);
    positions.set(heap.subarray(0, count), total);
    positions.subarray(total, total + count).sort();
    if (rankLevels !== undefined) levelsByRank(z, heap, count, counts, rankLevels);
    total += count;
  }
  const rows = toRows(positions.subarray(0, total), batch, latents);
  if (rankLevels === undefined) return withPrefixes(rows, plan.prefixes);
  return { ...rows, levels: Uint16Array.from(positions.subarray(0, total), (p) => rankLevels.get(p) as number) };
}

/**
 * All pairs with z > theta - margin.
 *
 * @param z - pre-activations `[B, Q]`
 * @param theta - one threshold, or `[Q]`
 * @throws RangeError that names the row of a NaN
 */
export function selectAbove(z: Numbers, plan: SelectionPlan, theta: number | Numbers, margin: number): Pairs {
  const { batch, latents } = plan;
  const bounds = typeof theta === "number" ? new Float64Array(latents).fill(theta) : Float64Array.from(theta);
  for (let i = 0; i < latents; i++) bounds[i] = (bounds[i] as number) - margin;
  const offsets = new Int32Array(batch + 1);
  const found = new Int32Array(z.length);
  let n = 0;
  for (let b = 0; b < batch; b++) {
    const start = b * latents;
    for (let i = 0; i < latents; i++) {
      const v = z[start + i] as number;
      if (v > (bounds[i] as number)) found[n++] = i;
      else if (Number.isNaN(v)) throw nanError(z, latents);
    }
    offsets[b + 1] = n;
  }
  return withPrefixes({ offsets, latents: found.slice(0, n) }, plan.prefixes);
}

/** Per row the k largest positive z among the latents whose mark `[Q]` is not 0. */
export function selectAmong(z: Numbers, plan: SelectionPlan, among: Numbers, k: number): Pairs {
  const { batch, latents } = plan;
  const positions = new Int32Array(batch * k);
  const heap = new Int32Array(k);
  let total = 0;
  for (let b = 0; b < batch; b++) {
    const count = largest(z, b * latents, (b + 1) * latents, k, heap, 0, among);
    positions.set(heap.subarray(0, count), total);
    positions.subarray(total, total + count).sort();
    total += count;
  }
  return toRows(positions.subarray(0, total), batch, latents);
}

/** Fills `heap` with the positions of the largest z in [start, end) above `floor`, the least one on top; returns their number, -1 on NaN. */
function largest(
  z: Numbers,
  start: number,
  end: number,
  limit: number,
  heap: Int32Array,
  floor: number,
  among?: Numbers,
): number {
  let count = 0;
  let bar = limit === 0 ? Number.POSITIVE_INFINITY : floor;
  for (let p = start; p < end; p++) {
    const v = z[p] as number;
    if (v <= bar) continue; // nearly always; NaN is not
    if (Number.isNaN(v)) return -1;
    if (among !== undefined && among[p - start] === 0) continue;
    if (count < limit) siftUp(z, heap, count++, p);
    else siftDown(z, heap, count, p);
    if (count === limit) bar = z[heap[0] as number] as number;
  }
  return count;
}

/** Whether position p comes after position q in the order of the selection. */
function after(z: Numbers, p: number, q: number): boolean {
  const [a, b] = [z[p] as number, z[q] as number];
  return a < b || (a === b && p > q);
}

function siftUp(z: Numbers, heap: Int32Array, hole: number, p: number): void {
  let at = hole;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!after(z, p, heap[parent] as number)) break;
    heap[at] = heap[parent] as number;
    at = parent;
  }
  heap[at] = p;
}

/** Replaces the top of a heap of `count` positions by p. */
function siftDown(z: Numbers, heap: Int32Array, count: number, p: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && after(z, heap[child + 1] as number, heap[child] as number)) child++;
    if (!after(z, heap[child] as number, p)) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = p;
}

/** Empties the heap from the last rank to the first and notes the level of each position. */
function levelsByRank(
  z: Numbers,
  heap: Int32Array,
  count: number,
  counts: readonly number[],
  levelOf: Map<number, number>,
): void {
  for (let rank = count - 1; rank >= 0; rank--) {
    levelOf.set(
      heap[0] as number,
      counts.findIndex((k) => rank < k),
    );
    siftDown(z, heap, rank, heap[rank] as number);
  }
}

/** Compressed rows of ascending positions b Q + i. */
function toRows(positions: Int32Array, batch: number, latents: number): Pairs {
  const offsets = new Int32Array(batch + 1);
  const columns = new Int32Array(positions.length);
  let b = 0;
  for (let n = 0; n < positions.length; n++) {
    const p = positions[n] as number;
    while (p >= (b + 1) * latents) offsets[++b] = n;
    columns[n] = p - b * latents;
  }
  offsets.fill(positions.length, b + 1);
  return { offsets, latents: columns };
}

function withPrefixes(pairs: Pairs, prefixes?: readonly number[]): Pairs {
  if (prefixes === undefined) return pairs;
  return { ...pairs, levels: Uint16Array.from(pairs.latents, (i) => prefixes.findIndex((width) => i < width)) };
}

function nanError(z: Numbers, latents: number): RangeError {
  const row = Math.floor(z.findIndex((v) => Number.isNaN(v)) / latents);
  return new RangeError(
    `select: pre-activations must be numbers, got NaN in row ${row}; look for NaN or Infinity in that row of x or in the encoder`,
  );
}
