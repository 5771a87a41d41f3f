import { dotRows } from "../pairKernels.js";
import type { Dense } from "./values.js";

/** a b of row-major a `[m, k]` and b `[k, n]`. */
export function matMul(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const factor = a[i * k + l] as number;
      for (let j = 0; j < n; j++) out[i * n + j] = (out[i * n + j] as number) + factor * (b[l * n + j] as number);
    }
  }
  return out;
}

/** The numbers of a matrix or of its transpose, with its rows and columns. */
export function matrixOf({ data, shape }: Dense, transposed: boolean): [Float64Array, number, number] {
  const [m, n] = shape as [number, number];
  return transposed ? [transpose(data, m, n), n, m] : [data, m, n];
}

/** Transpose of a row-major `[m, n]`. */
export function transpose(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j] as number;
  return out;
}

/** Euclidean norm of each column block of each row of a `[rows, sum of blocks]`: `[rows, m]`. */
export function blockNorms(a: Float64Array, blocks: readonly number[]): Float64Array {
  const width = blocks.reduce((sum, block) => sum + block, 0);
  const rows = a.length / width;
  const out = new Float64Array(rows * blocks.length);
  for (let i = 0; i < rows; i++) {
    let start = i * width;
    blocks.forEach((block, s) => {
      out[i * blocks.length + s] = Math.sqrt(dotRows(a, start, a, start, block));
      start += block;
    });
  }
  return out;
}
