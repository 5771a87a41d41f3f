import { gram, type Mat, unitRows } from "@monosema/numerics";
import { PROPORTIONAL } from "../recheck/theorem.js";

/** Pairs of non-zero rows that are positively proportional, up to 1e-10 in the cosine. */
export function parallelPairs(directions: Mat): (readonly [number, number])[] {
  const { unit } = unitRows(directions);
  const { rows, data } = gram(unit);
  const pairs: (readonly [number, number])[] = [];
  for (let d = 0; d < rows; d++) {
    for (let e = 0; e < d; e++) if (1 - (data[d * rows + e] as number) <= PROPORTIONAL) pairs.push([e, d]);
  }
  return pairs;
}
