/** The number of threads of some options; RangeError where it is none. */
export function threadsOf(caller: string, { threads = 1 }: { readonly threads?: number }): number {
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new RangeError(`${caller}: threads must be a positive integer, got ${threads}; leave it out for 1`);
}
