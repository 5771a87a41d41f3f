import type { Mat } from "@monosema/numerics";

/** Rows of numbers in float64, `[values.length / cols, cols]`. */
export function rowsOf(values: ArrayLike<number>, cols: number): Mat {
  return { rows: values.length / cols, cols, data: Float64Array.from(values) };
}
