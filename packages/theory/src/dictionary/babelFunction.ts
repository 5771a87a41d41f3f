import type { Mat } from "@monosema/numerics";

/** mu_1(k) for k = 1 .. kMax: the largest sum, over directions, of the k largest |cosines| with others; constant beyond n - 1. */
export function babelFunction({ rows: n, data }: Mat, kMax: number): number[] {
  const babel = new Array<number>(kMax).fill(0);
  for (let i = 0; i < n; i++) {
    const row = data.slice(i * n, (i + 1) * n).map(Math.abs);
    row[i] = Number.NEGATIVE_INFINITY;
    row.sort();
    let sum = 0;
    for (let k = 0; k < kMax; k++) {
      if (k < n - 1) sum += row[n - 1 - k] as number;
      babel[k] = Math.max(babel[k] as number, sum);
    }
  }
  return babel;
}
