import type { SparseRows } from "@monosema/tensor";
import { openKernels } from "../kernels/kernels.js";

/**
 * A function from coefficients `[B, n]` to samples `[B, width]`: the bias plus the sum of coefficient times feature, in float32 and in
 * the order of the features, so that every engine gives the same bits.
 *
 * @param features - `[n, width]` row-major; rounded to float32
 * @param bias - `[width]`
 */
export function synthesizer(
  features: Float64Array | Float32Array,
  n: number,
  width: number,
  bias?: Float64Array,
): (coefficients: SparseRows) => Float32Array {
  const padded = Math.ceil(width / 16) * 16;
  const [featuresAt, indicesAt, valuesAt] = [4 * padded, 4 * padded * (n + 1), 4 * padded * (n + 1) + 4 * n] as const;
  const kernels = openKernels(valuesAt + 4 * n);
  const { buffer } = kernels;
  const row = new Float32Array(buffer, 0, width);
  const indices = new Uint32Array(buffer, indicesAt, n);
  const factors = new Float32Array(buffer, valuesAt, n);
  for (let feature = 0; feature < n; feature++) {
    const to = new Float32Array(buffer, featuresAt + 4 * padded * feature, width);
    to.set(features.subarray(feature * width, (feature + 1) * width));
  }
  return ({ offsets, latents, values }) => {
    const samples = offsets.length - 1;
    const result = new Float32Array(samples * width);
    for (let sample = 0; sample < samples; sample++) {
      const start = offsets[sample] as number;
      const count = (offsets[sample + 1] as number) - start;
      for (let i = 0; i < count; i++) {
        indices[i] = latents[start + i] as number;
        factors[i] = values[start + i] as number;
      }
      if (bias === undefined) row.fill(0);
      else row.set(bias);
      kernels.addRows(0, padded, featuresAt, indicesAt, valuesAt, count);
      result.set(row, sample * width);
    }
    return result;
  };
}
