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

/** Transpose of a row-major `[m, n]`. */
export function transpose(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j] as number;
  return out;
}

/** Inner product of two rows of `width` numbers that start at `i` in a and `j` in b. */
export function dotRows(a: Float64Array, i: number, b: Float64Array, j: number, width: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += (a[i + d] as number) * (b[j + d] as number);
  return sum;
}

/** Adds `factor` times the row at `j` of b to the row at `i` of a. */
export function addRow(a: Float64Array, i: number, factor: number, b: Float64Array, j: number, width: number): void {
  for (let d = 0; d < width; d++) a[i + d] = (a[i + d] as number) + factor * (b[j + d] as number);
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
