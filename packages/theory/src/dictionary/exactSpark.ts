import { type Mat, rank } from "@monosema/numerics";
import { binomial, subsets } from "./subsets.js";

/**
 * Size of the smallest dependent set of rows, which a bound says is at least `from`; Infinity where all rows are independent, null
 * where sets of up to `most` rows, or more than `limit` sets, would have to be tested.
 */
export function exactSpark(unit: Mat, from: number, most: number, limit: number): number | null {
  const { rows: n, cols } = unit;
  if (n <= cols && rank(unit).rank === n) return Number.POSITIVE_INFINITY;
  for (let size = Math.max(2, from); size <= Math.min(most, n); size++) {
    if (size > cols) return size;
    if (binomial(n, size) > limit) return null;
    if (hasDependentSet(unit, size)) return size;
  }
  return null;
}

function hasDependentSet({ rows: n, cols, data }: Mat, size: number): boolean {
  const chosen = { rows: size, cols, data: new Float64Array(size * cols) };
  for (const set of subsets(n, size)) {
    set.forEach((i, at) => {
      chosen.data.set(data.subarray(i * cols, (i + 1) * cols), at * cols);
    });
    if (rank(chosen).rank < size) return true;
  }
  return false;
}
