import { kthLargest } from "./kthLargest.js";

/**
 * Items of the long side that an optimal matching needs: the union of the `short` best of each short item, ascending. Any pair
 * outside them can be exchanged for a better or equal one that is free.
 *
 * @param scores - `[short, long]` row-major
 */
export function candidates(scores: Float64Array, short: number, long: number): Int32Array {
  const wanted = new Uint8Array(long);
  const scratch = new Float64Array(long);
  for (let item = 0; item < short; item++) {
    const row = scores.subarray(item * long, (item + 1) * long);
    scratch.set(row);
    const threshold = kthLargest(scratch, short);
    let ties = short;
    for (let j = 0; j < long; j++) {
      if ((row[j] as number) > threshold) {
        wanted[j] = 1;
        ties--;
      }
    }
    for (let j = 0; j < long && ties > 0; j++) {
      if (row[j] === threshold) {
        wanted[j] = 1;
        ties--;
      }
    }
  }
  return Int32Array.from(wanted.keys()).filter((j) => wanted[j] === 1);
}
