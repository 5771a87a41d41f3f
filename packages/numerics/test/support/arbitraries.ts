import fc from "fast-check";
import { type Mat, matFrom } from "../../src/index.js";

/** Small whole numbers: ties, zeros, dependent and antipodal rows are common. */
export const whole: fc.Arbitrary<number> = fc.integer({ min: -2, max: 2 });

/** Real numbers in [-1, 1] on a grid fine enough to avoid ties. */
export const real: fc.Arbitrary<number> = fc.integer({ min: -1_000_003, max: 1_000_003 }).map((n) => n / 1_000_003);

/** A matrix of a size. */
export function matrix(rows: number, cols: number, entry: fc.Arbitrary<number> = real): fc.Arbitrary<Mat> {
  const rowOf = fc.array(entry, { minLength: cols, maxLength: cols });
  return fc.array(rowOf, { minLength: rows, maxLength: rows }).map((list) => matFrom(list, cols));
}

/** A size from `low` to `high`. */
export function size(low: number, high: number): fc.Arbitrary<number> {
  return fc.integer({ min: low, max: high });
}
