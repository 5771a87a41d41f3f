import { type AddFiring, type KeptFirings, mergedFirings, moveFiring, setFiring } from "./keptFirings.js";

/**
 * Adds a firing to the strongest of each latent, the largest magnitude first: of each document its strongest row, and of these the
 * strongest; of equal ones the lowest rows.
 */
export const addStrong: AddFiring = (to, latent, value, row, document) => {
  const { kept, sizes, documents } = to;
  const first = latent * kept;
  const size = sizes[latent] as number;
  if (size === kept && !precedes(to, value, row, first + kept - 1)) return;
  let at = documents.subarray(first, first + size).indexOf(document);
  if (at >= 0 && !precedes(to, value, row, first + at)) return;
  if (at < 0) {
    at = Math.min(size, kept - 1);
    sizes[latent] = Math.max(size, at + 1);
  }
  for (; at > 0 && precedes(to, value, row, first + at - 1); at--) moveFiring(to, first + at - 1, to, first + at);
  setFiring(to, first + at, value, row, document);
};

/** The strongest of both together. */
export const mergeStrongest = (a: KeptFirings, b: KeptFirings): KeptFirings => mergedFirings(a, b, addStrong);

/** Whether a firing comes before the one at a place. */
function precedes({ values, rows }: KeptFirings, value: number, row: number, place: number): boolean {
  const difference = Math.abs(value) - Math.abs(values[place] as number);
  return difference > 0 || (difference === 0 && row < (rows[place] as number));
}
