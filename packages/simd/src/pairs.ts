import type { SparseRows } from "@monosema/tensor";
import { type Core, wordsIn } from "./core.js";
import type { Dense, PairCodes, PairEntries } from "./values.js";

const latentsPerChunk = 2048;
const pairsPerChunk = 32_768;
/** Pairs of a latent from which on samples are kept in cache for several latents. */
const manyPerLatent = 32;
/** Pairs of a sample from which on decoder rows are kept in cache for several samples. */
const manyPairs = 256;
/** Bytes of decoder rows that stay in cache. */
const cachedBytes = 512 * 1024;

const isMany = ({ batch, count, levels }: PairCodes): boolean => levels === 1 && count > manyPairs * batch;

/** Samples of one chunk: even shares, larger ones where what is in cache serves all of them. */
function rowsPerChunk(core: Core, of: PairCodes): number {
  return Math.max(1, Math.ceil(of.batch / ((isMany(of) ? 2 : 8) * core.pool.threads)));
}

/** Sum of value times decoder row, one output `[B, width]` per level. */
export function decode(core: Core, values: PairEntries, decoder: Dense, width: number, outs: readonly Dense[]): void {
  const { of } = values;
  const rows = rowsPerChunk(core, of);
  const chunks = Math.ceil(of.batch / rows);
  if (isMany(of)) {
    const out = (outs[0] as Dense).pointer;
    const pairs = { starts: of.offsets, sourceOf: of.latentOf, values: values.pointer, count: of.count };
    combineMany(core, pairs, { pointer: decoder.pointer, rows: of.latents }, width, {
      pointer: out,
      rows: of.batch,
    });
    return;
  }
  core.temporary((allocate) => {
    const addresses = wordsIn(core, allocate, pointersOf(outs));
    const { pointer, stride } = core.scratch(8 * of.latents);
    const from = [of.struct, values.pointer, decoder.pointer, width];
    core.pool.run("decodePairs", chunks, ...from, addresses, rows, pointer, stride);
  });
}

/** <error of the pair's level, decoder row>. */
export function dot(core: Core, of: PairCodes, errors: readonly Dense[], decoder: Dense, out: PairEntries): void {
  const rows = rowsPerChunk(core, of);
  const chunks = Math.ceil(of.batch / rows);
  const width = decoder.shape[1] as number;
  const block = isMany(of) ? Math.max(8, Math.floor(cachedBytes / (4 * width))) : of.latents;
  core.temporary((allocate) => {
    const from = [of.struct, wordsIn(core, allocate, pointersOf(errors)), decoder.pointer, width];
    const { pointer, stride } = core.scratch(8 * rows);
    core.pool.run("dotPairs", chunks, ...from, out.pointer, rows, block, pointer, stride);
  });
}

/** Pairs sorted by their row of the result: compressed rows of source rows and numbers. */
interface SortedPairs {
  readonly starts: number;
  readonly sourceOf: number;
  readonly values: number;
  readonly count: number;
}

/** Rows of a matrix in memory. */
interface Rows {
  readonly pointer: number;
  readonly rows: number;
}

/** out `[rows, width]` = sum of number times source row over the pairs of each row, or out += that. */
function combineMany(core: Core, pairs: SortedPairs, source: Rows, width: number, out: Rows, add = false): void {
  const perChunk = Math.min(256, Math.max(1, Math.ceil(out.rows / (2 * core.pool.threads))));
  const block = Math.min(4096, Math.max(192, Math.ceil((32 * source.rows * out.rows) / pairs.count)), source.rows);
  const { pointer, stride } = core.scratch(8 * perChunk + 64 + 128 * block);
  core.pool.run(
    "combineMany",
    Math.ceil(out.rows / perChunk),
    ...[pairs.starts, pairs.sourceOf, pairs.values, source.pointer, source.rows, width],
    ...[out.pointer, out.rows, perChunk, block, Number(add), pointer, stride],
  );
}

/** Whether a gradient by rows is better taken in blocks than row by row. */
export const isManyByLatent = ({ latents, count, levels }: PairCodes): boolean =>
  levels === 1 && count > manyPerLatent * latents;

/** out `[Q, width]` += sum over the pairs of each latent of number times the sample's row. */
export function addByLatent(core: Core, values: PairEntries, rows: Dense, out: number): void {
  const { of } = values;
  const numbers = sorted(core, values);
  const { starts, sample } = of.byLatent;
  const pairs = { starts, sourceOf: sample, values: numbers, count: of.count };
  const [batch, width] = rows.shape as readonly [number, number];
  combineMany(core, pairs, { pointer: rows.pointer, rows: batch }, width, { pointer: out, rows: of.latents }, true);
}

/** The numbers in the order by latent, made once. */
function sorted({ heap, pool }: Core, values: PairEntries): number {
  const { of, pointer } = values;
  if (values.sorted !== 0) return values.sorted;
  of.sort();
  values.sorted = heap.allocate(4 * of.count);
  const chunks = Math.ceil(of.count / pairsPerChunk);
  pool.run("gather", chunks, of.byLatent.position, pointer, values.sorted, of.count, pairsPerChunk);
  return values.sorted;
}

/** Sum of the values of each latent. */
export function sumByLatent(core: Core, values: PairEntries, out: Dense): void {
  const { of, pointer } = values;
  of.sort();
  const many = isManyByLatent(of);
  const numbers = many ? sorted(core, values) : pointer;
  const chunks = Math.ceil(of.latents / latentsPerChunk);
  core.pool.run("sumByLatent", chunks, of.struct, numbers, Number(many), out.pointer, latentsPerChunk);
}

/** Samples since each latent was last active. */
export function samplesSince(core: Core, { of, pointer }: PairEntries, before: Dense, out: Dense): void {
  of.sort();
  const chunks = Math.ceil(of.latents / latentsPerChunk);
  core.pool.run("samplesSince", chunks, of.struct, pointer, before.pointer, out.pointer, latentsPerChunk);
}

/** Value of each pair's latent. */
export function atLatents(core: Core, of: PairCodes, perLatent: Dense, out: PairEntries): void {
  const chunks = Math.ceil(of.count / pairsPerChunk);
  core.pool.run("gather", chunks, of.latentOf, perLatent.pointer, out.pointer, of.count, pairsPerChunk);
}

/** Host copy of the entries that are not 0. */
export function sparseRows({ heap }: Core, { of, pointer }: PairEntries): SparseRows {
  const from = heap.i32(of.offsets, of.batch + 1);
  const latentOf = heap.i32(of.latentOf, of.count);
  const numbers = heap.f32(pointer, of.count);
  const count = numbers.reduce((sum, value) => (value === 0 ? sum : sum + 1), 0);
  const offsets = new Int32Array(of.batch + 1);
  const latents = new Int32Array(count);
  const values = new Float32Array(count);
  let kept = 0;
  for (let b = 0; b < of.batch; b++) {
    for (let n = from[b] as number; n < (from[b + 1] as number); n++) {
      if (numbers[n] === 0) continue;
      latents[kept] = latentOf[n] as number;
      values[kept++] = numbers[n] as number;
    }
    offsets[b + 1] = kept;
  }
  return { offsets, latents, values };
}

const pointersOf = (tensors: readonly Dense[]): readonly number[] => tensors.map(({ pointer }) => pointer);
