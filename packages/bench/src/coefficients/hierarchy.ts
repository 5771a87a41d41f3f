import { random } from "@monosema/tensor";

/** A forest of features: children fire only where their parent fires (names as in SAELens `synthetic`). */
export interface HierarchyOptions {
  /** Number of trees; their roots are features 0 to roots - 1. */
  readonly roots: number;
  /** Children of a parent: a number, or a range [least, most] to draw from. */
  readonly branching: number | readonly [number, number];
  /** Levels below the roots. */
  readonly depth: number;
  /** Share of the parents with mutually exclusive children; default 0. */
  readonly exclusivePortion?: number;
  /** Raise the rates so that the features fire about as often as without a hierarchy; default false. */
  readonly compensate?: boolean;
  /** Multiply a child by its parent's value over the parent's mean; default false. */
  readonly scaleByParent?: boolean;
}

/** A forest with breadth-first indices: a parent comes before its children, siblings stand together. */
export interface Hierarchy {
  /** Parent of each feature, -1 for roots and free features, `[n]`. */
  readonly parentOf: Int32Array;
  /** First child of each feature, `[n]`; the others follow it. */
  readonly firstChild: Int32Array;
  /** Number of children of each feature, `[n]`. */
  readonly childCount: Int32Array;
  /** 1 for parents with mutually exclusive children, `[n]`. */
  readonly exclusive: Uint8Array;
  /** Features in trees: 0 to size - 1; the others are free. */
  readonly size: number;
}

/**
 * Draws the forest: level by level, then the exclusive parents.
 *
 * @throws RangeError where the options are out of range or the trees need more than n features
 */
export function buildHierarchy(options: HierarchyOptions, n: number, seed: number): Hierarchy {
  const { roots, branching, depth, exclusivePortion = 0 } = options;
  const [least, most] = typeof branching === "number" ? [branching, branching] : branching;
  for (const [name, value, min] of [
    ["roots", roots, 1],
    ["branching", least, 1],
    ["branching", most, least],
    ["depth", depth, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < min) {
      throw new RangeError(`buildHierarchy: ${name} must be an integer of at least ${min}, got ${value}; change it`);
    }
  }
  if (!(exclusivePortion >= 0 && exclusivePortion <= 1)) {
    throw new RangeError(`buildHierarchy: exclusivePortion must lie in [0, 1], got ${exclusivePortion}; pass a share`);
  }
  const stream = random(seed, "hierarchy");
  const parentOf = new Int32Array(n).fill(-1);
  const firstChild = new Int32Array(n);
  const childCount = new Int32Array(n);
  const parents: number[] = [];
  let levelStart = 0;
  let size = roots;
  if (size > n) refuseSize(n);
  for (let level = 0; level < depth; level++) {
    const levelEnd = size;
    for (let parent = levelStart; parent < levelEnd; parent++) {
      const children = least + stream.integer(most - least + 1);
      if (size + children > n) refuseSize(n);
      parentOf.fill(parent, size, size + children);
      firstChild[parent] = size;
      childCount[parent] = children;
      size += children;
      parents.push(parent);
    }
    levelStart = levelEnd;
  }
  const exclusive = new Uint8Array(n);
  const order = stream.permutation(parents.length);
  const count = Math.floor(exclusivePortion * parents.length);
  for (const at of order.subarray(0, count)) exclusive[parents[at] as number] = 1;
  return { parentOf, firstChild, childCount, exclusive, size };
}

/**
 * Rates that make up for the parents: p_i / p_parent, times 1 + sum of the siblings' p_j / p_parent in exclusive groups, at most 1.
 */
export function compensateRates(rates: Float64Array, { parentOf, exclusive }: Hierarchy): Float64Array {
  const siblingSum = new Float64Array(rates.length);
  parentOf.forEach((parent, feature) => {
    if (parent >= 0) siblingSum[parent] = (siblingSum[parent] as number) + (rates[feature] as number);
  });
  return rates.map((rate, feature) => {
    const parent = parentOf[feature] as number;
    if (parent < 0) return rate;
    const parentRate = rates[parent] as number;
    if (parentRate === 0) return 0;
    const others = exclusive[parent] ? ((siblingSum[parent] as number) - rate) / parentRate : 0;
    return Math.min(1, (rate / parentRate) * (1 + others));
  });
}

function refuseSize(n: number): never {
  throw new RangeError(
    `buildHierarchy: the trees must fit into n = ${n} features, got more; use fewer or smaller trees`,
  );
}
