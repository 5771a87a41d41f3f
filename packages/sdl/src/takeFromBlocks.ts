import { permutedIndex } from "@monosema/tensor";
import type { Rows } from "./rows.js";

/** Rows number `first` to `first + count - 1` in the order of an epoch, from each source. */
export type TakeRows = (epoch: number, first: number, count: number) => Promise<readonly Float32Array[]>;

/**
 * Takes rows from pools of blocks: an epoch puts the blocks of neighbouring rows in an order, cuts it into pools, and mixes the rows of
 * each pool. One pool is held.
 *
 * @param block - rows of a block
 * @param poolBytes - of a pool in each source, unless a block has more
 */
export function takeFromBlocks(
  sources: readonly Rows[],
  seed: number,
  block: number,
  poolBytes: number = 2 ** 28,
): TakeRows {
  const rows = sources[0]?.rows ?? 0;
  const widest = Math.max(...sources.map(({ columns }) => columns));
  const perPool = Math.max(1, Math.floor(poolBytes / (4 * block * widest)));
  let epoch = -1;
  let pools: readonly Pool[] = [];
  let held: { readonly pool: Pool; readonly values: Promise<readonly Float32Array[]> } | undefined;
  return async (now, first, count) => {
    if (now !== epoch) {
      epoch = now;
      pools = poolsOf(rows, block, perPool, seed, epoch);
    }
    const ordered = pools; // another call may ask for another epoch meanwhile
    const out = sources.map(({ columns }) => new Float32Array(count * columns));
    for (const pool of ordered) {
      const [from, to] = [Math.max(first, pool.start), Math.min(first + count, pool.start + pool.rows)];
      if (from >= to) continue;
      if (held?.pool !== pool) held = { pool, values: readPool(sources, pool) };
      const values = await held.values;
      const order = permutedIndex(seed, pool.rows, "pool", now, pool.number);
      for (const [s, { columns }] of sources.entries()) {
        for (let i = from; i < to; i++) {
          const at = order(i - pool.start) * columns;
          out[s]?.set((values[s] as Float32Array).subarray(at, at + columns), (i - first) * columns);
        }
      }
    }
    return out;
  };
}

/** Blocks whose rows are mixed. */
interface Pool {
  readonly number: number;
  /** Number of its first row in the order of the epoch. */
  readonly start: number;
  readonly rows: number;
  /** First row and rows of each block. */
  readonly blocks: readonly (readonly [first: number, count: number])[];
}

function poolsOf(rows: number, block: number, perPool: number, seed: number, epoch: number): readonly Pool[] {
  const blocks = Math.ceil(rows / block);
  const order = permutedIndex(seed, blocks, "blocks", epoch);
  const pools: Pool[] = [];
  for (let start = 0, next = 0; next < blocks; ) {
    const chosen = Array.from({ length: Math.min(perPool, blocks - next) }, (_, i) => order(next + i) * block);
    const ranges = chosen.map((first) => [first, Math.min(block, rows - first)] as const);
    const count = ranges.reduce((sum, [, some]) => sum + some, 0);
    pools.push({ number: pools.length, start, rows: count, blocks: ranges });
    start += count;
    next += chosen.length;
  }
  return pools;
}

async function readPool(sources: readonly Rows[], { rows, blocks }: Pool): Promise<readonly Float32Array[]> {
  const pools: Float32Array[] = [];
  for (const { columns, readRows } of sources) {
    const values = new Float32Array(rows * columns);
    let at = 0;
    for (const [first, count] of blocks) {
      values.set(await readRows(first, count), at);
      at += count * columns;
    }
    pools.push(values);
  }
  return pools;
}
