/** RangeError unless all numbers lie in [low, high]. */
export function checkRange(
  caller: string,
  name: string,
  values: ArrayLike<number>,
  low: number,
  high: number = Number.POSITIVE_INFINITY,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(value >= low && value <= high)) {
      const range = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `from ${low} to ${high}`;
      throw new RangeError(`${caller}: ${name} must be ${range}, got ${value} at index ${i}; correct the data`);
    }
  }
}
