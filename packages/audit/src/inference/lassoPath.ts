import { addScaled, gramFactor, type Mat, row } from "@monosema/numerics";

/** Where a path ends. */
export interface PathEnd {
  /** Active variables in order of entry; the last one has just joined, with value 0, unless the penalty is 0. */
  readonly active: readonly number[];
  /** Their values, in that order, none negative. */
  readonly values: Float64Array;
  /** The penalty there; 0 where the path ran out. */
  readonly penalty: number;
}

/** Ends of pieces that a variable may bring: more would be cycling. */
const EVENTS = 8;
/** 1 - s below which a variable never reaches the active ones: it depends on them. */
const PARALLEL = 1e-9;

/**
 * Minimises 1/2 z^T G z - b^T z + penalty sum(z) over z >= 0 for falling penalties, until `count` variables are active: the homotopy of
 * the lasso (Osborne, Presnell & Turlach 2000; Efron et al. 2004), non-negative. The solution is linear between penalties where a
 * variable joins or leaves.
 *
 * @param gram - G, `[m, m]`, with a diagonal of 1
 * @param b - `[m]`
 */
export function lassoPath(gram: Mat, b: Float64Array, count: number): PathEnd {
  const m = b.length;
  const factor = gramFactor(gram);
  const ones = new Float64Array(m).fill(1);
  const refused = new Uint8Array(m);
  let active: readonly number[] = [];
  let values = new Float64Array(0);
  let penalty = Number.POSITIVE_INFINITY;
  for (let event = 0; event < EVENTS * count; event++) {
    // On this piece z = u - penalty v on the active ones, and the gradient elsewhere is rest + penalty slope.
    const [u, v] = [factor.solve(b), factor.solve(ones)];
    const rest = b.slice();
    const slope = new Float64Array(m);
    const inside = new Uint8Array(m);
    active.forEach((j, at) => {
      addScaled(rest, row(gram, j), -(u[at] as number));
      addScaled(slope, row(gram, j), v[at] as number);
      inside[j] = 1;
    });
    let [next, joins, leaves] = [0, -1, -1];
    for (let j = 0; j < m; j++) {
      const gap = 1 - (slope[j] as number);
      if (inside[j] === 1 || refused[j] === 1 || !(gap > PARALLEL)) continue;
      const at = Math.min(penalty, (rest[j] as number) / gap);
      if (at > next) [next, joins] = [at, j];
    }
    active.forEach((j, at) => {
      const zero = Math.min(penalty, (u[at] as number) / (v[at] as number));
      if ((v[at] as number) < 0 && zero > next) [next, joins, leaves] = [zero, -1, j];
    });
    values = u.map((value, at) => Math.max(0, value - next * (v[at] as number)));
    penalty = next;
    if (next === 0) break;
    const changed = joins >= 0 ? [...active, joins] : active.filter((j) => j !== leaves);
    if (!factor.update(changed)) {
      refused[joins] = 1;
      factor.update(active);
      continue;
    }
    values = Float64Array.from(changed, (j) => values[active.indexOf(j)] ?? 0);
    active = changed;
    if (active.length === count) break;
  }
  return { active, values, penalty };
}
