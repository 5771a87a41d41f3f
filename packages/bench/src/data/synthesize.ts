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
    const end = offsets[sample + 1] as number;
    let at = offsets[sample] as number;
    for (; at + 4 <= end; at += 4) addFour(row, features, latents, values, at);
    for (; at < end; at++) {
      const start = (latents[at] as number) * width;
      const value = values[at] as number;
      for (let k = 0; k < width; k++) row[k] = (row[k] as number) + value * (features[start + k] as number);
    }
    result.set(row, sample * width);
  }
  return result;
}

/** Adds four features one after the other, in one pass over the row. */
function addFour(
  row: Float64Array,
  features: Float64Array,
  latents: Int32Array,
  values: ArrayLike<number>,
  at: number,
): void {
  const width = row.length;
  const start = (n: number): number => (latents[at + n] as number) * width;
  const [s0, s1, s2, s3] = [start(0), start(1), start(2), start(3)];
  const [v0, v1, v2, v3] = [0, 1, 2, 3].map((n) => values[at + n] as number) as [number, number, number, number];
  for (let k = 0; k < width; k++) {
    const two = (row[k] as number) + v0 * (features[s0 + k] as number) + v1 * (features[s1 + k] as number);
    row[k] = two + v2 * (features[s2 + k] as number) + v3 * (features[s3 + k] as number);
  }
}
