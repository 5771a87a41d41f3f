/**
 * Chosen rows of an array, copied in the order given; `takeRows` for numbers that are no matrix of float64.
 *
 * @param values - `[N, width]` row-major
 * @returns `[K, width]`, of the same kind
 */
export function gatherRows<A extends Float32Array | Float64Array>(
  values: A,
  width: number,
  indices: ArrayLike<number>,
): A {
  const gathered = new (values.constructor as new (length: number) => A)(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] as number) * width;
    gathered.set(values.subarray(start, start + width), i * width);
  }
  return gathered;
}
