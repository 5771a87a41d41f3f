// The kernels once more as plain float64 loops over rows, independent of the backends: what the contract compares with.
import type { Selection, SelectOptions } from "../backend.js";

/** Rows of numbers. */
export type Matrix = number[][];

/** A stored pair. */
export interface NaivePair {
  readonly b: number;
  readonly i: number;
  readonly z: number;
  readonly level: number;
}

/** A selection with its vectors as arrays. */
export interface NaiveSelection {
  readonly selection: Exclude<Selection, { kind: "threshold" }> | NaiveThreshold;
  readonly bias?: number[];
  readonly prefixes?: SelectOptions["prefixes"];
}

/** A threshold selection with its thresholds as an array. */
export interface NaiveThreshold {
  readonly kind: "threshold";
  readonly theta: number | number[];
  readonly margin?: number;
}

/** Repeatable numbers in [-1, 1), exact in float32. */
export function numbers(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(state / 2 ** 31 - 1);
  };
}

/** A matrix of such numbers. */
export function matrix(rows: number, columns: number, seed: number): Matrix {
  const next = numbers(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, next));
}

/** A vector of such numbers. */
export function vector(size: number, seed: number): number[] {
  return Array.from({ length: size }, numbers(seed));
}

export function inner(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, d) => sum + x * (b[d] as number), 0);
}

export function transposed(a: Matrix): Matrix {
  return (a[0] as number[]).map((_, j) => a.map((row) => row[j] as number));
}

export function product(a: Matrix, b: Matrix): Matrix {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => inner(row, column)));
}

export function norm(a: readonly number[]): number {
  return Math.sqrt(inner(a, a));
}

/** x encoder^T + bias. */
export function preActivations(x: Matrix, encoder: Matrix, bias?: number[]): Matrix {
  return x.map((row) => encoder.map((w, i) => inner(row, w) + (bias?.[i] ?? 0)));
}

/** The stored pairs, by sample and latent. */
export function selected(z: Matrix, { selection, prefixes }: NaiveSelection): NaivePair[] {
  const all = z.flatMap((row, b) => row.map((value, i) => ({ b, i, z: value, level: 0 })));
  return choose(all, z.length, selection)
    .map((pair) => (prefixes === undefined ? pair : { ...pair, level: prefixes.findIndex((w) => pair.i < w) }))
    .sort((p, q) => p.b - q.b || p.i - q.i);
}

function choose(all: NaivePair[], batch: number, selection: NaiveSelection["selection"]): NaivePair[] {
  if (selection.kind === "threshold") {
    const { theta, margin = 0 } = selection;
    return all.filter(({ z, i }) => z > (typeof theta === "number" ? theta : (theta[i] as number)) - margin);
  }
  if (selection.kind === "groupMax") {
    const span = all.length / batch / selection.groups;
    const groups = Array.from({ length: all.length / span }, (_, g) => all.slice(g * span, (g + 1) * span));
    return groups.flatMap((group) => largest(group, [1], false));
  }
  const ks = typeof selection.k === "number" ? [selection.k] : selection.k;
  if (selection.kind === "batchTopK") {
    return largest(
      all,
      ks.map((k) => Math.floor(k * batch)),
      false,
    );
  }
  const rows = Array.from({ length: batch }, (_, b) => all.filter((pair) => pair.b === b));
  return rows.flatMap((row) => largest(row, ks, selection.signed ?? false));
}

/** The first pairs in the order value descending, index ascending; the level goes by rank. */
export function largest(pairs: NaivePair[], counts: readonly number[], signed: boolean): NaivePair[] {
  return [...pairs]
    .sort((p, q) => q.z - p.z || p.b - q.b || p.i - q.i)
    .slice(0, counts.at(-1))
    .filter(({ z }) => signed || z > 0)
    .map((pair, rank) => ({ ...pair, level: counts.findIndex((k) => rank < k) }));
}

/** Per row the k largest positive pre-activations among marked latents. */
export function selectedAmong(z: Matrix, among: readonly number[], k: number): NaivePair[] {
  return z
    .flatMap((row, b) =>
      largest(
        row.map((value, i) => ({ b, i, z: value, level: 0 })).filter(({ i }) => among[i] !== 0),
        [k],
        false,
      ),
    )
    .sort((p, q) => p.b - q.b || p.i - q.i);
}

/** Sum over the pairs of value times decoder row, `[B][R]` of each level. */
export function decoded(
  pairs: NaivePair[],
  values: number[],
  decoder: Matrix,
  batch: number,
  levels: number,
): Matrix[] {
  const width = (decoder[0] as number[]).length;
  const out = Array.from({ length: levels }, () =>
    Array.from({ length: batch }, () => Array(width).fill(0) as number[]),
  );
  pairs.forEach(({ b, i, level }, n) => {
    const row = (out[level] as Matrix)[b] as number[];
    for (let d = 0; d < width; d++) row[d] = (row[d] as number) + (values[n] as number) * at(decoder, i, d);
  });
  return out;
}

/** Sum over the pairs of value times the sample's row of its level, by latent. */
export function rowSums(pairs: NaivePair[], values: number[], rows: Matrix[], latents: number): Matrix {
  const width = ((rows[0] as Matrix)[0] as number[]).length;
  const out = Array.from({ length: latents }, () => Array(width).fill(0) as number[]);
  pairs.forEach(({ b, i, level }, n) => {
    const row = out[i] as number[];
    for (let d = 0; d < width; d++)
      row[d] = (row[d] as number) + (values[n] as number) * at(rows[level] as Matrix, b, d);
  });
  return out;
}

export function at(a: Matrix, i: number, j: number): number {
  return (a[i] as number[])[j] as number;
}
