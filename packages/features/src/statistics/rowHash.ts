/**
 * A number from 0 to 2^32 - 1 for each row, as if drawn: a bijection of 32-bit words (the finaliser of MurmurHash3, Appleby 2011), so that no
 * two rows share one.
 *
 * @param row - from 0 to 2^31 - 1
 */
export function rowHash(row: number): number {
  let h = row + 0x9e3779b9;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Whether a row is one of the half that thresholds are chosen on; scores are measured on the other. Independent of the order of the hashes. */
export const isLearning = (row: number): boolean => (rowHash(row) & 1) === 1;
