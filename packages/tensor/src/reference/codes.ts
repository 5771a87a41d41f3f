import type { SparseRows } from "../backend.js";
import { addRow, dotRows } from "./linear.js";
import { type Dense, eachPair, type RowCodes, type RowEntries } from "./values.js";

/** Sum over the stored pairs of value times decoder row, `[B, R]` of each level. */
export function decode(values: RowEntries, decoder: Dense): Float64Array[] {
  const { batch, levels, pairs } = values.of;
  const width = decoder.shape[1] as number;
  const out = Array.from({ length: levels }, () => new Float64Array(batch * width));
  eachPair(values.of, (n, b, i) => {
    const level = out[pairs.levels?.[n] ?? 0] as Float64Array;
    addRow(level, b * width, values.data[n] as number, decoder.data, i * width, width);
  });
  return out;
}

/** Inner product of the error of the pair's level with the decoder row. */
export function dot(codes: RowCodes, errors: readonly Dense[], decoder: Dense): Float64Array {
  const width = decoder.shape[1] as number;
  const out = new Float64Array(codes.pairs.latents.length);
  eachPair(codes, (n, b, i) => {
    const error = errors[codes.pairs.levels?.[n] ?? 0] as Dense;
    out[n] = dotRows(error.data, b * width, decoder.data, i * width, width);
  });
  return out;
}

/** Value of each latent at the stored pairs. */
export function atLatents(codes: RowCodes, perLatent: Dense): Float64Array {
  return Float64Array.from(codes.pairs.latents, (i) => perLatent.data[i] as number);
}

/** Sums of entries by latent, `[Q]`. */
export function sumByLatent(entries: RowEntries): Float64Array {
  const out = new Float64Array(entries.of.latents);
  eachPair(entries.of, (n, _, i) => {
    out[i] = (out[i] as number) + (entries.data[n] as number);
  });
  return out;
}

/** Samples since each latent was last active. */
export function fired(active: RowEntries, samplesSince: Dense): Float64Array {
  const { batch } = active.of;
  const out = samplesSince.data.map((n) => n + batch);
  eachPair(active.of, (n, b, i) => {
    if (active.data[n] !== 0) out[i] = batch - 1 - b;
  });
  return out;
}

/** The nonzero entries. */
export function nonzero(entries: RowEntries): SparseRows {
  const { batch, pairs } = entries.of;
  const offsets = new Int32Array(batch + 1);
  eachPair(entries.of, (n, b) => {
    if (entries.data[n] !== 0) offsets[b + 1] = (offsets[b + 1] as number) + 1;
  });
  for (let b = 0; b < batch; b++) offsets[b + 1] = (offsets[b + 1] as number) + (offsets[b] as number);
  const keep = (_: number, n: number) => entries.data[n] !== 0;
  return { offsets, latents: pairs.latents.filter(keep), values: entries.data.filter(keep) };
}
