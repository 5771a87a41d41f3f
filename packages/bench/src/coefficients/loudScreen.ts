import { openKernels } from "../kernels/kernels.js";

/** Approximate products of the rows of a factor with common normals, in integers, and those that may be above a limit. */
export interface LoudScreen {
  /** Products by position, in units of {@link UNIT}. */
  readonly sums: Int32Array;
  /** A product above its limit has a sum above this, by position; few others have. */
  readonly limits: Int32Array;
  /** Positions whose sum is above the limit: the first {@link LoudScreen.run} of them. */
  readonly list: Uint32Array;
  /** How far a sum times the unit may be from the product, by position. */
  readonly errors: Float64Array;
  /** Computes sums and list; returns the length of the list. Needs normals of a length below {@link longestNormals}. */
  run(common: Float64Array): number;
}

// Scales of the integers: a product of a row with |F_i| < 1 stays below 2^31 while |common| < 128.
const ROW_SCALE = 2 ** 14;
const COMMON_SCALE = 2 ** 10;

/** Value of a sum of 1. */
export const UNIT: number = 1 / (ROW_SCALE * COMMON_SCALE);

/** The length up to which the errors hold; a vector of rank normals is longer with a probability of 1e-15. */
export function longestNormals(rank: number): number {
  return Math.sqrt(rank) + 8;
}

/**
 * A screen in 16-bit integers with bounds on their rounding.
 *
 * @param rows - `[n, rank]`, lengths below 1
 * @param features - the row at each position
 * @param wanted - limits of the products, by position
 */
export function loudScreen(rows: Float32Array, rank: number, features: Int32Array, wanted: Float64Array): LoudScreen {
  const columns = Math.ceil(features.length / 16) * 16;
  const pairs = Math.ceil(rank / 2);
  const place = 4 * columns;
  const [limitsAt, sumsAt, listAt] = [pairs * place, (pairs + 1) * place, (pairs + 2) * place] as const;
  const commonAt = (pairs + 3) * place;
  const kernels = openKernels(commonAt + 4 * pairs);
  const { buffer } = kernels;
  const factor = new Int16Array(buffer, 0, 2 * pairs * columns);
  const limits = new Int32Array(buffer, limitsAt, columns).fill(0x7fffffff);
  const integers = new Int16Array(buffer, commonAt, 2 * pairs);
  const errors = new Float64Array(features.length);
  // |F' c' - F c| <= |F|_1 max|c' - c| + max|F' - F| |c'|_1, both roundings half a unit; |c'|_1 <= sqrt(rank) |c| + rank / 2 units.
  const commonSize = Math.sqrt(rank) * longestNormals(rank) * COMMON_SCALE + rank / 2;
  features.forEach((feature, at) => {
    let rowSize = 0;
    for (let k = 0; k < rank; k++) {
      const value = rows[feature * rank + k] as number;
      factor[2 * (Math.floor(k / 2) * columns + at) + (k % 2)] = Math.round(value * ROW_SCALE);
      rowSize += Math.abs(value) * ROW_SCALE;
    }
    const error = (rowSize + commonSize) / 2 + 1;
    limits[at] = Math.max(-0x80000000, Math.min(0x7fffffff, (wanted[at] as number) / UNIT - error));
    errors[at] = error * UNIT;
  });
  return {
    sums: new Int32Array(buffer, sumsAt, columns),
    limits,
    list: new Uint32Array(buffer, listAt, columns),
    errors,
    run(common) {
      for (let k = 0; k < rank; k++) integers[k] = Math.round((common[k] as number) * COMMON_SCALE);
      return kernels.integerProducts(0, columns, pairs, commonAt, limitsAt, sumsAt, listAt);
    },
  };
}
