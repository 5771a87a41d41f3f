/** The strongest firings of each latent: of each document its strongest row, and of these the strongest; of equal ones the lowest rows. */
export interface Strongest {
  /** Firings kept of each latent, at most. */
  readonly kept: number;
  /** How many they are, `[Q]`. */
  readonly sizes: Int32Array;
  /** Values, the largest magnitude first, `[Q, kept]`. */
  readonly values: Float32Array;
  /** Their rows, `[Q, kept]`. */
  readonly rows: Int32Array;
  /** Their documents, `[Q, kept]`; rows are their own where none are known. */
  readonly documents: Int32Array;
}

/** Nothing seen yet. */
export const noStrongest = (latents: number, kept: number): Strongest => ({
  kept,
  sizes: new Int32Array(latents),
  values: new Float32Array(latents * kept),
  rows: new Int32Array(latents * kept),
  documents: new Int32Array(latents * kept),
});

/** Adds a firing, in place. */
export function addStrong(to: Strongest, latent: number, value: number, row: number, document: number): void {
  const { kept, sizes, values, rows, documents } = to;
  const first = latent * kept;
  const size = sizes[latent] as number;
  if (size === kept && !precedes(to, value, row, first + kept - 1)) return;
  let at = documents.subarray(first, first + size).indexOf(document);
  if (at >= 0 && !precedes(to, value, row, first + at)) return;
  if (at < 0) {
    at = Math.min(size, kept - 1);
    sizes[latent] = Math.max(size, at + 1);
  }
  for (; at > 0 && precedes(to, value, row, first + at - 1); at--) {
    const [place, before] = [first + at, first + at - 1];
    values[place] = values[before] as number;
    rows[place] = rows[before] as number;
    documents[place] = documents[before] as number;
  }
  values[first + at] = value;
  rows[first + at] = row;
  documents[first + at] = document;
}

/** Both together. */
export function mergeStrongest(a: Strongest, b: Strongest): Strongest {
  const merged: Strongest = {
    kept: a.kept,
    sizes: a.sizes.slice(),
    values: a.values.slice(),
    rows: a.rows.slice(),
    documents: a.documents.slice(),
  };
  b.sizes.forEach((size, latent) => {
    for (let at = latent * b.kept; at < latent * b.kept + size; at++) {
      addStrong(merged, latent, b.values[at] as number, b.rows[at] as number, b.documents[at] as number);
    }
  });
  return merged;
}

/** Whether a firing comes before the one at a place. */
function precedes({ values, rows }: Strongest, value: number, row: number, place: number): boolean {
  const difference = Math.abs(value) - Math.abs(values[place] as number);
  return difference > 0 || (difference === 0 && row < (rows[place] as number));
}
