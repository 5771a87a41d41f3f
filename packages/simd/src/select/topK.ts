import { type Allocate, type Core, structIn, wordsIn } from "../core.js";
import { topKLayout } from "../generated/layouts.js";
import type { Heap } from "../heap.js";
import type { Dense } from "../values.js";
import type { EncoderCopy } from "./encoderCopies.js";
import { compressed, type Found, type PaddedRows } from "./found.js";
import { openScreen } from "./screen.js";

/** A selection by rank among the latents of each span of a row. */
export interface TopKRequest {
  readonly x: Dense;
  readonly encoder: Dense;
  readonly bias?: Dense | undefined;
  readonly copy: EncoderCopy;
  /** Consecutive latents that compete: all of them, or those of a group; divides their number. */
  readonly span: number;
  /** Entries of a span, ascending; a pair's level is given by its rank. */
  readonly ks: readonly number[];
  readonly signed: boolean;
  /** A guess below the k-th largest pre-activation of most samples, per unit of their norm; a good one saves time. */
  readonly guess?: number | undefined;
}

/** Result of {@link selectTopK}. */
export interface TopKResult {
  readonly found: Found;
  /** Inner products that were computed beside the tiles, per sample. */
  readonly productsPerSample: number;
  /** A guess for the next batch; undefined where none would help. */
  readonly guess: number | undefined;
}

/** The smallest normal number: what is not positive is not looked for. */
const positive = 2 ** -126;
/** Share of the samples that a guess may be too high for: they are selected again. */
const mostAgain = 0.01;

/** Selects the k largest of each span; undefined where something is not finite. */
export function selectTopK(core: Core, request: TopKRequest): TopKResult | undefined {
  return core.temporary((allocate) => {
    const rows = selectRows(core, allocate, request);
    if (rows === undefined) return undefined;
    const { heap } = core;
    const { batch, least, norms, products } = rows;
    const found = compressed(core, rows);
    const [smallest, norm] = [heap.f32(least, batch), heap.f32(norms, batch)];
    return {
      found,
      productsPerSample: mean(heap.i32(products, batch)),
      guess: guessFrom(smallest.map((value, b) => value / (norm[b] as number))),
    };
  });
}

/** Mean of whole numbers. */
export const mean = (values: Int32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The selection with what is known about each sample, `[B]`. */
interface SelectedRows extends PaddedRows {
  readonly floor: number;
  readonly least: number;
  readonly norms: number;
  readonly products: number;
}

function selectRows(core: Core, allocate: Allocate, request: TopKRequest): SelectedRows | undefined {
  const { x, encoder, bias, copy, span, ks, signed, guess } = request;
  const { heap, pool } = core;
  const batch = x.shape[0] as number;
  const latents = encoder.shape[0] as number;
  const k = ks.at(-1) as number;
  const stride = (k * latents) / span;
  const capacity = Math.min(Math.max(copy.tile.kind === "byte" ? 512 : 128, 4 * k), span + 1);
  const screen = openScreen(core, allocate, { x, encoder, bias, copy, capacity, entryBytes: 16 });
  if (!screen.finite) return undefined;
  const { norms } = screen;
  const [counts, products, least, floor] = [0, 0, 0, 0].map(() => allocate(4 * batch)) as [
    ...[number, number, number, number],
  ];
  const latentOf = core.keep(4 * batch * stride);
  const values = core.keep(4 * batch * stride);
  const levelOf = ks.length > 1 ? core.keep(2 * batch * stride) : 0;
  const rows = {
    batch,
    latents,
    levels: ks.length,
    stride,
    counts,
    latentOf,
    levelOf,
    values,
    floor,
    least,
    norms,
    products,
  };
  const job = structIn(core, allocate, topKLayout, {
    ...{ screen: screen.struct, k, span, stride, signed: Number(signed), floor, counts, latents: latentOf, values },
    ...{ levels: levelOf, ks: wordsIn(core, allocate, ks), levelCount: ks.length, products, least },
  });
  const lowest = signed ? Number.NEGATIVE_INFINITY : positive;
  const norm = heap.f32(norms, batch);
  heap.f32(floor, batch).set(norm.map((length) => (guess === undefined ? lowest : Math.max(lowest, guess * length))));
  pool.run("topK", screen.chunks, job);
  if (guess !== undefined) selectAgain(core, allocate, request, rows, lowest);
  return rows;
}

/** Selects without a guess where the guess was too high: below it nothing was looked for. */
function selectAgain(core: Core, allocate: Allocate, request: TopKRequest, rows: SelectedRows, lowest: number): void {
  const { heap } = core;
  const { batch, stride } = rows;
  const width = request.x.shape[1] as number;
  const smallest = heap.f32(rows.least, batch);
  const floors = heap.f32(rows.floor, batch);
  const again = Array.from(smallest.keys()).filter(
    (b) => (floors[b] as number) > lowest && !((smallest[b] as number) > (floors[b] as number)),
  );
  if (again.length === 0) return;
  const x: Dense = { shape: [again.length, width], pointer: allocate(4 * again.length * width) };
  copyRows(heap, again, request.x.pointer, x.pointer, 4 * width, "gather");
  const { guess: _, ...others } = request;
  const found = selectRows(core, allocate, { ...others, x });
  if (found === undefined) throw new Error("internal: a part of a finite batch is finite");
  for (const part of ["counts", "least"] as const) copyRows(heap, again, found[part], rows[part], 4, "scatter");
  for (const part of ["latentOf", "values"] as const)
    copyRows(heap, again, found[part], rows[part], 4 * stride, "scatter");
  if (rows.levelOf !== 0) copyRows(heap, again, found.levelOf, rows.levelOf, 2 * stride, "scatter");
  for (const block of [found.latentOf, found.values, found.levelOf]) if (block !== 0) core.release(block);
}

/** Copies rows of `bytes` bytes: row `indices[n]` to row n, or the other way round. */
function copyRows(
  heap: Heap,
  indices: readonly number[],
  from: number,
  to: number,
  bytes: number,
  way: "gather" | "scatter",
): void {
  indices.forEach((index, n) => {
    const [source, target] = way === "gather" ? [index, n] : [n, index];
    heap.u8(to + target * bytes, bytes).set(heap.u8(from + source * bytes, bytes));
  });
}

/** A little below what all but a few samples reached. */
function guessFrom(ratios: Float32Array): number | undefined {
  const ratio = 0.97 * (ratios.sort()[Math.floor(mostAgain * ratios.length)] as number);
  return ratio > 0 && Number.isFinite(ratio) ? ratio : undefined;
}
