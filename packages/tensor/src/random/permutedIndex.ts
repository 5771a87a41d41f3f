import { philox } from "./philox.js";
import { streamKey } from "./stream.js";

const ROUNDS = 6;
const LARGEST = 2 ** 40;

/**
 * A seeded bijection of 0..n-1, computed by index: no array of n entries is ever held.
 *
 * A Feistel network over the pairs of an a x b grid with a b just above n, walking the cycle past results >= n
 * (Black & Rogaway 2002, "Ciphers with arbitrary finite domains"); the round function is Philox.
 *
 * @param seed - integer from 0 to 2^53 - 1
 * @param n - size, 1 to 2^40
 * @param path - names the permutation, as in `random`
 * @returns the image of an index
 * @throws RangeError for a seed, n or index out of range
 */
export function permutedIndex(
  seed: number,
  n: number,
  ...path: readonly (string | number)[]
): (index: number) => number {
  if (!Number.isSafeInteger(n) || n < 1 || n > LARGEST) {
    throw new RangeError(`permutedIndex: n must be an integer from 1 to 2^40, got ${n}; pass such an integer`);
  }
  const { key0, key1, prefix0, prefix1 } = streamKey("permutedIndex", seed, [...path, n]);
  const rows = Math.ceil(Math.sqrt(n));
  const columns = Math.ceil(n / rows);
  const out = new Int32Array(4);
  const shift = (value: number, round: number): number => {
    philox(value, round, prefix0, prefix1, key0, key1, out);
    return (out[0] as number) >>> 0;
  };
  const encrypt = (index: number): number => {
    let row = Math.floor(index / columns);
    let column = index - row * columns;
    for (let round = 0; round < ROUNDS; round += 2) {
      row = (row + shift(column, round)) % rows;
      column = (column + shift(row, round + 1)) % columns;
    }
    return row * columns + column;
  };
  return (index) => {
    if (!Number.isInteger(index) || index < 0 || index >= n) {
      throw new RangeError(
        `permutedIndex: index must be an integer from 0 to ${n - 1}, got ${index}; pass such an integer`,
      );
    }
    let image = encrypt(index);
    while (image >= n) image = encrypt(image);
    return image;
  };
}
