/** Indices of the first `count` samples, in blocks of at most `size`. */
export function* sampleBlocks(count: number, size: number = 1000): Generator<number[]> {
  for (let start = 0; start < count; start += size) {
    yield Array.from({ length: Math.min(size, count - start) }, (_, i) => start + i);
  }
}
