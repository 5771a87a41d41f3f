import { openKernels } from "../kernels/kernels.js";

/** Products of rows of a factor with common normals, in float32. */
export interface FactorProducts {
  /** The factor in float32, `[n, rank]`. */
  readonly rows: Float32Array;
  /** Sets the common normals, `[rank]`. */
  open(common: Float64Array): void;
  /** Products of the features `first` to `first + count - 1`; overwritten by the next call. */
  of(first: number, count: number): Float32Array;
}

/**
 * Keeps the factor where the kernels reach it.
 *
 * @param factor - `[n, rank]`
 * @param most - largest number of products asked for at once
 */
export function factorProducts(factor: Float64Array, n: number, rank: number, most: number): FactorProducts {
  const width = Math.ceil(rank / 4) * 4;
  const [commonAt, outAt] = [4 * n * width, 4 * (n + 1) * width] as const;
  const kernels = openKernels(outAt + 4 * most);
  const padded = new Float32Array(kernels.buffer, 0, n * width);
  const common32 = new Float32Array(kernels.buffer, commonAt, rank);
  const products = new Float32Array(kernels.buffer, outAt, most);
  for (let i = 0; i < n; i++) padded.set(factor.subarray(i * rank, (i + 1) * rank), i * width);
  return {
    rows: Float32Array.from(factor),
    open: (common) => common32.set(common),
    of(first, count) {
      kernels.rowProducts(4 * first * width, count, width, commonAt, outAt);
      return products;
    },
  };
}
