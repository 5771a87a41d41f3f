import type { Mat } from "../matrices/mat.js";

/** Cholesky factor of the Gram matrix of a changing list of columns. */
export interface GramFactor {
  /** The columns, in order. */
  readonly columns: readonly number[];
  /** Replaces the list; rows of the common beginning are kept. False where the columns depend on each other. */
  update(columns: readonly number[]): boolean;
  /** Solves G_PP z = b_P, in the order of `columns`. */
  solve(b: Float64Array): Float64Array;
}

/** Relative pivot below which a column counts as dependent. */
const DEPENDENT = 1e-12;

/** An empty list of columns of the Gram matrix `[n, n]`. */
export function gramFactor({ cols: n, data }: Mat): GramFactor {
  let columns: readonly number[] = [];
  const lower: Float64Array[] = []; // rows of the factor

  const appendRow = (next: readonly number[], i: number): boolean => {
    const own = lower[i] ?? new Float64Array(n);
    lower[i] = own;
    const base = (next[i] as number) * n;
    for (let j = 0; j < i; j++) {
      const other = lower[j] as Float64Array;
      own[j] = partialDot(data[base + (next[j] as number)] as number, own, other, j) / (other[j] as number);
    }
    const diagonal = data[base + (next[i] as number)] as number;
    const pivot = partialDot(diagonal, own, own, i);
    own[i] = Math.sqrt(pivot);
    return pivot > DEPENDENT * diagonal;
  };

  const update = (next: readonly number[]): boolean => {
    let kept = 0;
    while (kept < columns.length && columns[kept] === next[kept]) kept++;
    columns = next.slice(0, kept);
    for (let i = kept; i < next.length; i++) if (!appendRow(next, i)) return false;
    columns = next;
    return true;
  };

  const solve = (b: Float64Array): Float64Array => {
    const z = Float64Array.from(columns, (column) => b[column] as number);
    for (let i = 0; i < z.length; i++) {
      const own = lower[i] as Float64Array;
      z[i] = partialDot(z[i] as number, own, z, i) / (own[i] as number);
    }
    for (let i = z.length - 1; i >= 0; i--) {
      const own = lower[i] as Float64Array;
      const value = (z[i] as number) / (own[i] as number);
      z[i] = value;
      for (let k = 0; k < i; k++) z[k] = (z[k] as number) - (own[k] as number) * value;
    }
    return z;
  };

  return {
    get columns() {
      return columns;
    },
    update,
    solve,
  };
}

/** start - sum of the first `length` products, in four partial sums. */
function partialDot(start: number, a: Float64Array, b: Float64Array, length: number): number {
  let s0 = start;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = length & ~3;
  for (let k = 0; k < whole; k += 4) {
    s0 -= (a[k] as number) * (b[k] as number);
    s1 -= (a[k + 1] as number) * (b[k + 1] as number);
    s2 -= (a[k + 2] as number) * (b[k + 2] as number);
    s3 -= (a[k + 3] as number) * (b[k + 3] as number);
  }
  for (let k = whole; k < length; k++) s0 -= (a[k] as number) * (b[k] as number);
  return s0 + s1 + (s2 + s3);
}
