import type { SparseRows } from "@monosema/tensor";

/**
 * Samples from coefficients: sum of coefficient times feature, plus a bias; summed in float64, in the order of the features.
 *
 * @param features - `[n, width]` row-major
 * @param bias - `[width]`
 * @returns `[B, width]`
 */
export function synthesize(
  coefficients: SparseRows,
  features: Float64Array,
  width: number,
  bias?: Float64Array,
): Float32Array {
  const { offsets, latents, values } = coefficients;
  const samples = offsets.length - 1;
  const result = new Float32Array(samples * width);
  const row = new Float64Array(width);
  for (let sample = 0; sample < samples; sample++) {
    if (bias === undefined) row.fill(0);
    else row.set(bias);
    for (let at = offsets[sample] as number; at < (offsets[sample + 1] as number); at++) {
      const start = (latents[at] as number) * width;
      const value = values[at] as number;
      for (let k = 0; k < width; k++) row[k] = (row[k] as number) + value * (features[start + k] as number);
    }
    result.set(row, sample * width);
  }
  return result;
}
