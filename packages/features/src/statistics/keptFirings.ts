/** Firings of each latent, up to a number: `[Q, kept]`. */
export interface KeptFirings {
  /** Firings kept of each latent, at most. */
  readonly kept: number;
  /** How many they are, `[Q]`. */
  readonly sizes: Int32Array;
  /** Their rows, `[Q, kept]`. */
  readonly rows: Int32Array;
  /** Values, `[Q, kept]`. */
  readonly values: Float32Array;
  /** Their documents, `[Q, kept]`; rows are their own where none are known. */
  readonly documents: Int32Array;
}

/** Nothing seen yet. */
export const noFirings = (latents: number, kept: number): KeptFirings => ({
  kept,
  sizes: new Int32Array(latents),
  rows: new Int32Array(latents * kept),
  values: new Float32Array(latents * kept),
  documents: new Int32Array(latents * kept),
});

/** Adds a firing, in place. */
export type AddFiring = (to: KeptFirings, latent: number, value: number, row: number, document: number) => void;

/** The firings of both, those of the second added to those of the first. */
export function mergedFirings(a: KeptFirings, b: KeptFirings, add: AddFiring): KeptFirings {
  const merged = copied(a);
  b.sizes.forEach((size, latent) => {
    for (let at = latent * b.kept; at < latent * b.kept + size; at++) {
      add(merged, latent, b.values[at] as number, b.rows[at] as number, b.documents[at] as number);
    }
  });
  return merged;
}

/** A copy to write into. */
export const copied = ({ kept, sizes, rows, values, documents }: KeptFirings): KeptFirings => ({
  kept,
  sizes: sizes.slice(),
  rows: rows.slice(),
  values: values.slice(),
  documents: documents.slice(),
});

/** Copies a firing over another, from place to place. */
export function moveFiring(from: KeptFirings, at: number, to: KeptFirings, place: number): void {
  to.rows[place] = from.rows[at] as number;
  to.values[place] = from.values[at] as number;
  to.documents[place] = from.documents[at] as number;
}

/** Puts a firing in a place. */
export function setFiring(to: KeptFirings, place: number, value: number, row: number, document: number): void {
  to.rows[place] = row;
  to.values[place] = value;
  to.documents[place] = document;
}
