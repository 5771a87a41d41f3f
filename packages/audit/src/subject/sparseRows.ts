import type { Mat } from "@monosema/numerics";
import type { SparseRows } from "@monosema/tensor";

/** The entries of a matrix that are not 0, row by row. */
export function sparseRows({ rows, cols, data }: Mat): SparseRows {
  const offsets = new Int32Array(rows + 1);
  const latents: number[] = [];
  const values: number[] = [];
  for (let b = 0; b < rows; b++) {
    for (let i = 0; i < cols; i++) {
      const value = data[b * cols + i] as number;
      if (value === 0) continue;
      latents.push(i);
      values.push(value);
    }
    offsets[b + 1] = latents.length;
  }
  return { offsets, latents: Int32Array.from(latents), values: Float64Array.from(values) };
}
