/** A number and its place. */
export interface Placed {
  /** Place. */
  readonly index: number;
  /** Number. */
  readonly value: number;
}

/** The largest and the smallest of some numbers, the most extreme first, ties by the lowest place. */
export function extremes(
  values: Float32Array | Float64Array,
  count: number,
): { readonly largest: readonly Placed[]; readonly smallest: readonly Placed[] } {
  return { largest: first(values, count, 1), smallest: first(values, count, -1) };
}

function first(values: Float32Array | Float64Array, count: number, sign: 1 | -1): readonly Placed[] {
  const kept: Placed[] = [];
  let bar = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (kept.length === count && sign * value <= bar) continue;
    const place = kept.findIndex((other) => sign * other.value < sign * value);
    kept.splice(place < 0 ? kept.length : place, 0, { index, value });
    if (kept.length > count) kept.pop();
    bar = sign * (kept.at(-1) as Placed).value;
  }
  return kept;
}
