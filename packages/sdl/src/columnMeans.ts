/** Mean of each column of `[B, width]`, in float64. */
export function columnMeans(rows: Float32Array | Float64Array, width: number): Float64Array {
  const means = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) means[i % width] = (means[i % width] as number) + (rows[i] as number);
  const count = rows.length / width;
  return means.map((sum) => sum / count);
}

/** Rows `[B, width]` less a mean `[width]`, in float32. */
export function lessMean(rows: Float32Array | Float64Array, mean: Float64Array): Float32Array {
  const centred = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) centred[i] = (rows[i] as number) - (mean[i % mean.length] as number);
  return centred;
}
