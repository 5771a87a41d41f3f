/** C(n, k) as a float, exact while it is below 2^53. */
export function binomial(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let value = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) value = (value * (n - i + 1)) / i;
  return Math.round(value);
}

/** All k-subsets of 0 .. n - 1 in lexicographic order; each is the same array, changed in place. */
export function* subsets(n: number, k: number): Generator<readonly number[]> {
  if (k > n) return;
  const chosen = Array.from({ length: k }, (_, i) => i);
  for (;;) {
    yield chosen;
    let at = k - 1;
    while (at >= 0 && chosen[at] === n - k + at) at--;
    if (at < 0) return;
    chosen[at] = (chosen[at] as number) + 1;
    for (let next = at + 1; next < k; next++) chosen[next] = (chosen[next - 1] as number) + 1;
  }
}
