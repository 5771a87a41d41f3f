import type { Mat } from "@monosema/numerics";

/** <row i of a, row j of b>, by a plain loop. */
export function rowProduct(a: Mat, i: number, b: Mat, j: number): number {
  let sum = 0;
  for (let k = 0; k < a.cols; k++) sum += (a.data[i * a.cols + k] as number) * (b.data[j * b.cols + k] as number);
  return sum;
}

/** ||row i||, by a plain loop. */
export function rowNorm(a: Mat, i: number): number {
  return Math.sqrt(rowProduct(a, i, a, i));
}
