/** Probabilities that none, exactly one, and at least two of some independent features are active. */
export interface ActiveCounts {
  /** Pr(no feature active). */
  readonly none: number;
  /** Pr(exactly one active). */
  readonly one: number;
  /** Pr(two or more active), without cancellation. */
  readonly more: number;
}

/** The counts of all features but d, for each d, and of all features: prefix and suffix products, so that p_d = 1 is no special case. */
export function activeCounts(p: ArrayLike<number>): { others: ActiveCounts[]; all: ActiveCounts } {
  const n = p.length;
  const suffix = new Array<ActiveCounts>(n + 1);
  suffix[n] = { none: 1, one: 0, more: 0 };
  for (let d = n - 1; d >= 0; d--) suffix[d] = join(single(p[d] as number), suffix[d + 1] as ActiveCounts);
  const others: ActiveCounts[] = [];
  let prefix: ActiveCounts = { none: 1, one: 0, more: 0 };
  for (let d = 0; d < n; d++) {
    others.push(join(prefix, suffix[d + 1] as ActiveCounts));
    prefix = join(prefix, single(p[d] as number));
  }
  return { others, all: suffix[0] as ActiveCounts };
}

function single(p: number): ActiveCounts {
  return { none: 1 - p, one: p, more: 0 };
}

function join(a: ActiveCounts, b: ActiveCounts): ActiveCounts {
  return {
    none: a.none * b.none,
    one: a.none * b.one + a.one * b.none,
    more: a.more * (b.none + b.one + b.more) + a.one * (b.one + b.more) + a.none * b.more,
  };
}
