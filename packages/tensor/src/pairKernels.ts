import type { SparseRows } from "./backend.js";
import type { Numbers, Pairs } from "./selection.js";

/** Codes as compressed rows on the host. */
export interface PairRows {
  /** Samples, B. */
  readonly batch: number;
  /** Latents, Q. */
  readonly latents: number;
  /** Levels. */
  readonly levels: number;
  /** The stored pairs. */
  readonly pairs: Pairs;
}

/** Adds to `sums` (`[B, width]` of each level) value times decoder row of each pair. */
export function addDecoded(
  rows: PairRows,
  values: Numbers,
  decoder: Numbers,
  width: number,
  sums: readonly Numbers[],
): void {
  const { offsets, latents, levels } = rows.pairs;
  for (let b = 0; b < rows.batch; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++) {
      const sum = sums[levels === undefined ? 0 : (levels[n] as number)] as Numbers;
      addRow(sum, b * width, values[n] as number, decoder, (latents[n] as number) * width, width);
    }
  }
}

/** Writes to `products` <error of the pair's level, decoder row>. */
export function dotPairs(
  rows: PairRows,
  errors: readonly Numbers[],
  decoder: Numbers,
  width: number,
  products: Numbers,
): void {
  const { offsets, latents, levels } = rows.pairs;
  for (let b = 0; b < rows.batch; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++) {
      const error = errors[levels === undefined ? 0 : (levels[n] as number)] as Numbers;
      products[n] = dotRows(error, b * width, decoder, (latents[n] as number) * width, width);
    }
  }
}

/** Adds to `sums` `[Q, width]`, at each pair's latent, value times the sample's row of the pair's level. */
export function addRowSums(
  rows: PairRows,
  values: Numbers,
  sources: readonly Numbers[],
  width: number,
  sums: Numbers,
): void {
  const { offsets, latents, levels } = rows.pairs;
  for (let b = 0; b < rows.batch; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++) {
      const source = sources[levels === undefined ? 0 : (levels[n] as number)] as Numbers;
      addRow(sums, (latents[n] as number) * width, values[n] as number, source, b * width, width);
    }
  }
}

/** Adds to `sums` `[Q]` the values by latent. */
export function addByLatent({ pairs }: PairRows, values: Numbers, sums: Numbers): void {
  pairs.latents.forEach((i, n) => {
    sums[i] = (sums[i] as number) + (values[n] as number);
  });
}

/** Writes to `last` `[Q]` 1 + the last sample in which each latent is not 0; latents that never are stay as they are. */
export function markActive({ batch, pairs }: PairRows, values: Numbers, last: Numbers): void {
  for (let b = 0; b < batch; b++) {
    for (let n = pairs.offsets[b] as number; n < (pairs.offsets[b + 1] as number); n++) {
      if (values[n] !== 0) last[pairs.latents[n] as number] = b + 1;
    }
  }
}

/** Writes to `picked` the numbers of a `[B, Q]` at the pairs. */
export function pick({ batch, latents, pairs }: PairRows, z: Numbers, picked: Numbers): void {
  for (let b = 0; b < batch; b++) {
    for (let n = pairs.offsets[b] as number; n < (pairs.offsets[b + 1] as number); n++) {
      picked[n] = z[b * latents + (pairs.latents[n] as number)] as number;
    }
  }
}

/** The pairs whose value is not 0. */
export function nonzero({ batch, pairs }: PairRows, values: Float32Array | Float64Array): SparseRows {
  const offsets = new Int32Array(batch + 1);
  let count = 0;
  for (let b = 0; b < batch; b++) {
    for (let n = pairs.offsets[b] as number; n < (pairs.offsets[b + 1] as number); n++) if (values[n] !== 0) count++;
    offsets[b + 1] = count;
  }
  const kept = (_: number, n: number) => values[n] !== 0;
  return { offsets, latents: pairs.latents.filter(kept), values: values.filter(kept) };
}

/** Inner product of two rows of `width` numbers that start at `i` in a and `j` in b. */
export function dotRows(a: Numbers, i: number, b: Numbers, j: number, width: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += (a[i + d] as number) * (b[j + d] as number);
  return sum;
}

/** Adds `factor` times the row at `j` of b to the row at `i` of a. */
export function addRow(a: Numbers, i: number, factor: number, b: Numbers, j: number, width: number): void {
  for (let d = 0; d < width; d++) a[i + d] = (a[i + d] as number) + factor * (b[j + d] as number);
}
