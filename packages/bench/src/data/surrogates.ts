import { symmetricEigen, zeros } from "@monosema/numerics";
import { random } from "@monosema/tensor";

/**
 * Samples of the normal distribution with the mean and covariance of others: nothing in them but second moments, so that no direction of
 * a dictionary trained on them is a feature (a control; arXiv 2602.14111).
 *
 * @param values - `[N, width]`
 * @param width - columns
 * @param seed - of the drawing
 */
export function gaussianSurrogate(values: Float32Array, width: number, seed: number): Float32Array {
  const samples = checkedRows("gaussianSurrogate", values, width);
  const mean = new Float64Array(width);
  for (let at = 0; at < values.length; at++) mean[at % width] = (mean[at % width] as number) + (values[at] as number);
  for (let r = 0; r < width; r++) mean[r] = (mean[r] as number) / samples;
  const covariance = zeros(width, width);
  const centred = new Float64Array(width);
  for (let row = 0; row < samples; row++) {
    for (let r = 0; r < width; r++) centred[r] = (values[row * width + r] as number) - (mean[r] as number);
    for (let i = 0; i < width; i++) {
      const own = (centred[i] as number) / samples;
      for (let j = 0; j <= i; j++) {
        const at = i * width + j;
        covariance.data[at] = (covariance.data[at] as number) + own * (centred[j] as number);
      }
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) covariance.data[j * width + i] = covariance.data[i * width + j] as number;
  }
  const { values: variances, vectors } = symmetricEigen(covariance);
  const spread = vectors.data.map((value, at) => value * Math.sqrt(Math.max(0, variances[at % width] as number)));
  const stream = random(seed, "gaussianSurrogate");
  const result = new Float32Array(values.length);
  const normal = new Float64Array(width);
  for (let row = 0; row < samples; row++) {
    for (let k = 0; k < width; k++) normal[k] = stream.normal();
    for (let r = 0; r < width; r++) {
      let value = mean[r] as number;
      for (let k = 0; k < width; k++) value += (spread[r * width + k] as number) * (normal[k] as number);
      result[row * width + r] = value;
    }
  }
  return result;
}

/**
 * The same numbers with each dimension permuted over the samples on its own: the dimensions keep their distributions, and nothing that
 * they have in common is left. Where the dimensions are sparse by themselves, each is a feature of the result: a control for data of many
 * features in every dimension only.
 *
 * @param values - `[N, width]`
 * @param width - columns
 * @param seed - of the orders
 */
export function permutedSurrogate(values: Float32Array, width: number, seed: number): Float32Array {
  const samples = checkedRows("permutedSurrogate", values, width);
  const result = new Float32Array(values.length);
  for (let r = 0; r < width; r++) {
    const order = random(seed, "permutedSurrogate", r).permutation(samples);
    for (let row = 0; row < samples; row++) {
      result[row * width + r] = values[(order[row] as number) * width + r] as number;
    }
  }
  return result;
}

function checkedRows(caller: string, values: Float32Array, width: number): number {
  const samples = values.length / width;
  if (Number.isInteger(samples) && samples >= 1) return samples;
  throw new RangeError(
    `${caller}: values must have whole rows of ${width} numbers, got ${values.length}; check the width`,
  );
}
