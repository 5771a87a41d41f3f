// Order statistics of numbers in memory.

/** The k-th largest of `count` numbers (k from 1), which are reordered. Quickselect with the median of three (Hoare 1961). */
export function kthLargest<T>(values: usize, count: usize, k: usize): T {
  let low: isize = 0;
  let high: isize = <isize>count - 1;
  const wanted = <isize>k - 1;
  while (low < high) {
    const a = at<T>(values, low);
    const b = at<T>(values, (low + high) >> 1);
    const c = at<T>(values, high);
    const pivot = a > b ? (b > c ? b : a > c ? c : a) : a > c ? a : b > c ? c : b;
    let i = low;
    let j = high;
    while (i <= j) {
      while (at<T>(values, i) > pivot) i++;
      while (at<T>(values, j) < pivot) j--;
      if (i <= j) {
        const swapped = at<T>(values, i);
        put<T>(values, i++, at<T>(values, j));
        put<T>(values, j--, swapped);
      }
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return at<T>(values, wanted);
}

/** {@link kthLargest} of float32 numbers that may be reordered. */
export function kthLargestFloat(values: usize, count: usize, k: usize): f32 {
  return kthLargest<f32>(values, count, k);
}

/** {@link kthLargest} of float64 numbers that may be reordered. */
export function kthLargestWide(values: usize, count: usize, k: usize): f64 {
  return kthLargest<f64>(values, count, k);
}

// @ts-ignore: decorator
@inline
function at<T>(values: usize, i: isize): T {
  return load<T>(values + <usize>i * sizeof<T>());
}

// @ts-ignore: decorator
@inline
function put<T>(values: usize, i: isize, value: T): void {
  store<T>(values + <usize>i * sizeof<T>(), value);
}
