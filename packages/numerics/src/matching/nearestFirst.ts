/** A queue of indices, the one of the smallest distance first. */
export interface NearestFirst {
  /** Adds an index at its present distance; one that was added before counts at the smaller one. */
  readonly push: (index: number) => void;
  /** Takes the nearest, ties by the lowest index; -1 where none is left. */
  readonly pop: () => number;
  /** Empties it. */
  readonly clear: () => void;
}

/**
 * A binary heap. An index whose distance falls is added again, and what is left of it from before is passed over.
 *
 * @param distance - by index; may fall while an index is in the queue
 */
export function nearestFirst(distance: Float64Array): NearestFirst {
  const items: number[] = [];
  const keys: number[] = [];
  const before = (a: number, b: number): boolean =>
    (keys[a] as number) < (keys[b] as number) || (keys[a] === keys[b] && (items[a] as number) < (items[b] as number));
  const swap = (a: number, b: number): void => {
    [items[a], items[b]] = [items[b] as number, items[a] as number];
    [keys[a], keys[b]] = [keys[b] as number, keys[a] as number];
  };
  const popItem = (): { readonly item: number; readonly key: number } => {
    swap(0, items.length - 1);
    const [item, key] = [items.pop() as number, keys.pop() as number];
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < items.length && before(child, least)) least = child;
      if (least === at) return { item, key };
      swap(at, least);
      at = least;
    }
  };
  return {
    push(index) {
      let at = items.push(index) - 1;
      keys.push(distance[index] as number);
      for (let parent = (at - 1) >> 1; at > 0 && before(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      while (items.length > 0) {
        const { item, key } = popItem();
        if (key === distance[item]) return item;
      }
      return -1;
    },
    clear() {
      items.length = 0;
      keys.length = 0;
    },
  };
}
