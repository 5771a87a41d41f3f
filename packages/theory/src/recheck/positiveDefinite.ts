import type { Mat } from "@monosema/numerics";

/** Whether a symmetric matrix plus `shift` times the identity has positive pivots only (Cholesky). */
export function positiveDefinite({ rows: n, data }: Mat, shift: number): boolean {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let value = (data[i * n + j] as number) + (i === j ? shift : 0);
      for (let k = 0; k < j; k++) value -= (lower[i * n + k] as number) * (lower[j * n + k] as number);
      if (i === j && !(value > 0)) return false;
      lower[i * n + j] = i === j ? Math.sqrt(value) : value / (lower[j * n + j] as number);
    }
  }
  return true;
}
