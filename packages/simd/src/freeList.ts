/** Free ranges of an address space. */
export interface FreeList {
  /** Start of a range of this size, taken out of the smallest free one that holds it; undefined where there is none. */
  take(size: number): number | undefined;
  /** Gives a range back; it is joined with its free neighbours. */
  give(start: number, size: number): void;
  /** Size of the free range that ends at `end`; 0 where there is none. */
  tail(end: number): number;
}

/** No free range: give some first. */
export function freeList(): FreeList {
  // Ascending and never adjacent. Few: a linear search is fast.
  const starts: number[] = [];
  const sizes: number[] = [];

  return {
    take(size) {
      let best = -1;
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < sizes.length && least > size; i++) {
        const room = sizes[i] as number;
        if (room < size || room >= least) continue;
        best = i;
        least = room;
      }
      if (best < 0) return undefined;
      const start = starts[best] as number;
      if (least === size) {
        starts.splice(best, 1);
        sizes.splice(best, 1);
      } else {
        starts[best] = start + size;
        sizes[best] = least - size;
      }
      return start;
    },
    give(start, size) {
      const at = firstAbove(starts, start);
      const joinsLower = at > 0 && (starts[at - 1] as number) + (sizes[at - 1] as number) === start;
      const joinsUpper = at < starts.length && starts[at] === start + size;
      const upper = joinsUpper ? (sizes[at] as number) : 0;
      if (joinsLower) {
        sizes[at - 1] = (sizes[at - 1] as number) + size + upper;
        if (!joinsUpper) return;
        starts.splice(at, 1);
        sizes.splice(at, 1);
      } else if (joinsUpper) {
        starts[at] = start;
        sizes[at] = size + upper;
      } else {
        starts.splice(at, 0, start);
        sizes.splice(at, 0, size);
      }
    },
    tail(end) {
      const last = starts.length - 1;
      return last >= 0 && (starts[last] as number) + (sizes[last] as number) === end ? (sizes[last] as number) : 0;
    },
  };
}

/** Index of the first number above `x` in an ascending list. */
function firstAbove(list: readonly number[], x: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as number) > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
