import { rowHash } from "./rowHash.js";

/** An even sample of the firings of each latent: those of the smallest row hashes (bottom-k sketch, Cohen & Kaplan 2007). */
export interface EvenFirings {
  /** Firings kept of each latent, at most; a latent that fires no more often has all. */
  readonly kept: number;
  /** How many they are, `[Q]`. */
  readonly sizes: Int32Array;
  /** Their rows, `[Q, kept]`, a heap of the largest hash each. */
  readonly rows: Int32Array;
  /** Values, `[Q, kept]`. */
  readonly values: Float32Array;
  /** Documents, `[Q, kept]`; rows are their own where none are known. */
  readonly documents: Int32Array;
}

/** Nothing seen yet. */
export const noFirings = (latents: number, kept: number): EvenFirings => ({
  kept,
  sizes: new Int32Array(latents),
  rows: new Int32Array(latents * kept),
  values: new Float32Array(latents * kept),
  documents: new Int32Array(latents * kept),
});

/** Adds a firing, in place. */
export function addFiring(to: EvenFirings, latent: number, value: number, row: number, document: number): void {
  const { kept, sizes, rows } = to;
  const first = latent * kept;
  const size = sizes[latent] as number;
  const hash = rowHash(row);
  let hole = size;
  if (size < kept) {
    sizes[latent] = size + 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (rowHash(rows[first + parent] as number) > hash) break;
      move(to, first + parent, first + hole);
      hole = parent;
    }
  } else {
    if (hash > rowHash(rows[first] as number)) return;
    hole = 0;
    for (;;) {
      const child = larger(to, first, 2 * hole + 1);
      if (child < 0 || rowHash(rows[first + child] as number) < hash) break;
      move(to, first + child, first + hole);
      hole = child;
    }
  }
  rows[first + hole] = row;
  to.values[first + hole] = value;
  to.documents[first + hole] = document;
}

/** The same in the order of falling hashes, which is a heap, too: equal states have equal arrays. */
export function orderedFirings(of: EvenFirings): EvenFirings {
  const [rows, values, documents] = [of.rows.slice(), of.values.slice(), of.documents.slice()];
  of.sizes.forEach((size, latent) => {
    const first = latent * of.kept;
    const order = Array.from({ length: size }, (_, i) => first + i).sort(
      (x, y) => rowHash(of.rows[y] as number) - rowHash(of.rows[x] as number),
    );
    for (const [i, from] of order.entries()) {
      rows[first + i] = of.rows[from] as number;
      values[first + i] = of.values[from] as number;
      documents[first + i] = of.documents[from] as number;
    }
  });
  return { kept: of.kept, sizes: of.sizes, rows, values, documents };
}

/** Both together, in order. */
export function mergeFirings(a: EvenFirings, b: EvenFirings): EvenFirings {
  const merged: EvenFirings = {
    kept: a.kept,
    sizes: a.sizes.slice(),
    rows: a.rows.slice(),
    values: a.values.slice(),
    documents: a.documents.slice(),
  };
  b.sizes.forEach((size, latent) => {
    for (let at = latent * b.kept; at < latent * b.kept + size; at++) {
      addFiring(merged, latent, b.values[at] as number, b.rows[at] as number, b.documents[at] as number);
    }
  });
  return orderedFirings(merged);
}

/** Of the child at a place and its twin the one of the larger hash; -1 where there is none. */
function larger({ kept, rows }: EvenFirings, first: number, child: number): number {
  if (child >= kept) return -1;
  if (child + 1 >= kept) return child;
  return rowHash(rows[first + child + 1] as number) > rowHash(rows[first + child] as number) ? child + 1 : child;
}

function move({ rows, values, documents }: EvenFirings, from: number, to: number): void {
  rows[to] = rows[from] as number;
  values[to] = values[from] as number;
  documents[to] = documents[from] as number;
}
