import type { Mat } from "./mat.js";
import { norm } from "./vector.js";

/** Rows scaled to unit norm, zero rows kept, with the norms they had. */
export function unitRows({ rows, cols, data }: Mat): { readonly unit: Mat; readonly norms: Float64Array } {
  const unit = new Float64Array(data.length);
  const norms = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const from = data.subarray(i * cols, (i + 1) * cols);
    const length = norm(from);
    norms[i] = length;
    if (length > 0) for (let j = 0; j < cols; j++) unit[i * cols + j] = (from[j] as number) / length;
  }
  return { unit: { rows, cols, data: unit }, norms };
}
