/** The k-th largest value, k from 1 to the length; reorders `values` (quickselect, Hoare 1961, middle pivot). */
export function kthLargest(values: Float64Array, k: number): number {
  const target = k - 1;
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) > pivot) i++;
      while ((values[j] as number) < pivot) j--;
      if (i > j) break;
      const moved = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = moved;
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return values[target] as number;
}

/** The k-th largest value, k from 1 to the length, in one pass that keeps at most 4 k candidates; fast for small k. */
export function kthLargestOfMany(values: Float64Array, k: number): number {
  const kept = new Float64Array(Math.min(4 * k, values.length));
  let count = 0;
  let floor = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (!(value > floor)) continue;
    if (count === kept.length) {
      floor = kthLargest(kept, k); // the k largest now stand first
      count = k;
      if (!(value > floor)) continue;
    }
    kept[count++] = value;
  }
  return kthLargest(kept.subarray(0, count), k);
}
