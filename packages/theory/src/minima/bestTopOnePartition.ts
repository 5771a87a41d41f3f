import { type Mat, symmetricEigen, zeros } from "@monosema/numerics";

/** The best way to share features among latents that fire one at a time. */
export interface TopOnePartition {
  /** Largest sum of leading eigenvalues. */
  readonly value: number;
  /** The disjoint sets that attain it. */
  readonly sets: readonly (readonly number[])[];
}

/**
 * Largest sum of leading eigenvalues of K over at most `count` disjoint sets of items, each with a leading eigenvector of one sign:
 * dynamic programme over subsets, O(count 3^n).
 *
 * Where a leading eigenvalue is multiple, a smaller set has the same one as a simple eigenvalue with a vector of one sign, so sets
 * whose computed vector has both signs can be left out.
 *
 * @param k - symmetric, `[n, n]`, n at most about 14
 */
export function bestTopOnePartition(k: Mat, count: number): TopOnePartition {
  const n = k.rows;
  const all = 2 ** n - 1;
  const gain = new Float64Array(all + 1);
  for (let set = 1; set <= all; set++) gain[set] = leadingValue(k, members(set));
  let best = new Float64Array(all + 1);
  const choices: Int32Array[] = [];
  for (let used = 0; used < Math.min(count, n); used++) {
    const next = Float64Array.from(best);
    const choice = new Int32Array(all + 1);
    for (let set = 1; set <= all; set++) {
      for (let part = set; part > 0; part = (part - 1) & set) {
        const value = (gain[part] as number) + (best[set ^ part] as number);
        if (value > (next[set] as number)) {
          next[set] = value;
          choice[set] = part;
        }
      }
    }
    best = next;
    choices.push(choice);
  }
  const sets: number[][] = [];
  let left = all;
  for (const choice of choices.reverse()) {
    const part = choice[left] as number;
    if (part === 0) continue;
    sets.push(members(part));
    left ^= part;
  }
  return { value: best[all] as number, sets };
}

function members(set: number): number[] {
  const items: number[] = [];
  for (let d = 0; 2 ** d <= set; d++) if ((set >> d) & 1) items.push(d);
  return items;
}

/** Leading eigenvalue of the block, -Infinity where its vector has both signs. */
function leadingValue(k: Mat, items: readonly number[]): number {
  const size = items.length;
  const block = zeros(size, size);
  items.forEach((i, a) => {
    items.forEach((j, b) => {
      block.data[a * size + b] = k.data[i * k.cols + j] as number;
    });
  });
  const { values, vectors } = symmetricEigen(block);
  const leading = items.map((_, a) => vectors.data[a * size] as number);
  const oneSign = leading.every((value) => value >= -1e-9) || leading.every((value) => value <= 1e-9);
  return oneSign ? (values[0] as number) : Number.NEGATIVE_INFINITY;
}
