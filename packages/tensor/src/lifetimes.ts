/** What a backend has made and not freed, and the scopes that free it. */
export interface Lifetimes {
  /** Registers an item in the innermost scope. */
  own<T extends object>(item: T, free?: () => void): T;
  /** Registers an item that outlives every scope. */
  keep<T extends object>(item: T, free?: () => void): T;
  /** Whether the item is registered and not freed. */
  has(item: object): boolean;
  /** Frees an item; harmless where it is freed already. */
  free(item: object): void;
  /** Frees everything. */
  freeAll(): void;
  /** Runs `body` and frees what it made, except what its result reaches through arrays and plain records. */
  scope<T>(body: () => T): T;
  /** Number of items that are not freed. */
  count(): number;
}

/** Book-keeping of one backend. */
export function lifetimes(): Lifetimes {
  const live = new Map<object, () => void>();
  const scopes: Set<object>[] = [];

  const free = (item: object): void => {
    const release = live.get(item);
    if (release === undefined) return;
    live.delete(item);
    for (const scope of scopes) scope.delete(item);
    release();
  };
  const keep = <T extends object>(item: T, release: () => void = () => {}): T => {
    live.set(item, release);
    return item;
  };
  const leave = (made: Set<object>, kept: Set<object>): void => {
    scopes.pop();
    const outer = scopes.at(-1);
    for (const item of made) {
      if (!kept.has(item)) free(item);
      else outer?.add(item);
    }
  };

  return {
    keep,
    free,
    own: (item, release) => {
      scopes.at(-1)?.add(item);
      return keep(item, release);
    },
    has: (item) => live.has(item),
    freeAll: () => {
      for (const item of [...live.keys()]) free(item);
    },
    scope: (body) => {
      const made = new Set<object>();
      scopes.push(made);
      let kept = new Set<object>();
      try {
        const result = body();
        if (result instanceof Promise) {
          throw new TypeError("scope: the body must be synchronous, got a Promise; read results after the scope");
        }
        kept = reachable(result);
        return result;
      } finally {
        leave(made, kept);
      }
    },
    count: () => live.size,
  };
}

/** Every object that a result reaches through arrays and plain records. */
function reachable(result: unknown): Set<object> {
  const seen = new Set<object>();
  const pending: unknown[] = [result];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (!Array.isArray(next) && Object.getPrototypeOf(next) !== Object.prototype) continue;
    for (const part of Object.values(next)) pending.push(part);
  }
  return seen;
}
