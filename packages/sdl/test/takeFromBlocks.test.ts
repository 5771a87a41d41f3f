import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayRows, type Rows, rowBatches, splitRows, withoutRows } from "../src/index.js";
import { takeFromBlocks } from "../src/takeFromBlocks.js";

/** N rows `[i]`, `block` of which are best read together, and how often each was read. */
function counted(n: number, block: number): { readonly rows: Rows; readonly reads: Int32Array } {
  const reads = new Int32Array(n);
  const { readRows } = arrayRows(
    Float32Array.from({ length: n }, (_, i) => i),
    1,
  );
  const rows: Rows = {
    rows: n,
    columns: 1,
    block,
    readRows: async (start, count) => {
      for (let i = start; i < start + count; i++) reads[i] = (reads[i] as number) + 1;
      return await readRows(start, count);
    },
  };
  return { rows, reads };
}

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const ascending = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

describe("rows taken from pools of blocks", () => {
  it("are each of an epoch once, and each is read once, for any sizes (property)", async () => {
    const sizes = fc.record({
      n: fc.integer({ min: 1, max: 60 }),
      block: fc.integer({ min: 1, max: 20 }),
      perPool: fc.integer({ min: 1, max: 5 }),
      batch: fc.integer({ min: 1, max: 25 }),
      epoch: fc.nat(4),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, block, perPool, batch, epoch }) => {
        const { rows, reads } = counted(n, block);
        const take = takeFromBlocks([rows], 3, block, 4 * block * perPool);
        const seen: number[] = [];
        for (let first = 0; first < n; first += batch) {
          const [values] = await take(epoch, first, Math.min(batch, n - first));
          seen.push(...(values as Float32Array));
        }
        expect(ascending(seen)).toEqual(numbers(n));
        expect([...reads]).toEqual(numbers(n).map(() => 1));
      }),
      { numRuns: 60 },
    );
  });

  it("come from a pool's blocks alone, in no order", async () => {
    const { rows } = counted(1000, 10);
    const [values] = await takeFromBlocks([rows], 0, 10, 4 * 10 * 8)(2, 0, 80);
    const blocks = new Set([...(values as Float32Array)].map((row) => Math.floor(row / 10)));
    expect(blocks.size).toBe(8);
    const neighbours = [...(values as Float32Array)].filter((row, i, all) => all[i + 1] === row + 1);
    expect(neighbours.length).toBeLessThan(8); // of 80, where 1 is expected of an even mixture
  });

  it("are a function of epoch and place, in any order and concurrently", async () => {
    const places = [0, 7, 14, 21, 28].flatMap((first) => [0, 1].map((epoch) => [epoch, first] as const));
    const taken = async (order: readonly (readonly [number, number])[]): Promise<ReadonlyMap<string, unknown>> => {
      const take = takeFromBlocks([counted(40, 4).rows], 9, 4, 4 * 4 * 2);
      const all = await Promise.all(order.map(async ([epoch, first]) => await take(epoch, first, 7)));
      return new Map(order.map((place, i) => [String(place), all[i]]));
    };
    const forward = await taken(places);
    const backward = await taken([...places].reverse());
    for (const [place, values] of forward) expect(backward.get(place)).toEqual(values);
  });
});

describe("rowBatches where single rows are dear", () => {
  it("takes every row once in an epoch, in another order in each, and repeats with its seed", async () => {
    const epochs = async (seed: number): Promise<readonly number[][]> => {
      const source = rowBatches(counted(24, 5).rows, { batchSize: 8, seed });
      const steps = [1, 2, 3, 4, 5, 6];
      const batches = await Promise.all(steps.map(async (step) => [...(await source.batch(step)).input]));
      return [batches.slice(0, 3).flat(), batches.slice(3).flat()];
    };
    const [first, second] = (await epochs(1)) as [number[], number[]];
    expect(ascending(first)).toEqual(numbers(24));
    expect(ascending(second)).toEqual(numbers(24));
    expect(second).not.toEqual(first);
    expect(await epochs(1)).toEqual([first, second]);
    expect((await epochs(2))[0]).not.toEqual(first);
  });

  it("pairs each input with the target of the same row, one of them in memory", async () => {
    const target = arrayRows(
      Float32Array.from({ length: 40 }, (_, i) => 100 + i),
      2,
    );
    const batch = await rowBatches(counted(20, 3).rows, { batchSize: 6, target }).batch(2);
    const pairs = [...batch.input].flatMap((row) => [100 + 2 * row, 101 + 2 * row]);
    expect([...(batch.target ?? [])]).toEqual(pairs);
  });

  it("takes the rows that are left after others are held out, about as often from the source", async () => {
    const { rows, reads } = counted(200, 10);
    const { training } = splitRows(withoutRows(rows, Int32Array.of(3, 17, 18)), 10, 0);
    expect(training.block).toBe(10);
    const source = rowBatches(training, { batchSize: 187 });
    const seen = ascending((await source.batch(1)).input);
    expect(seen.length).toBe(187);
    expect(new Set(seen).size).toBe(187);
    for (const row of [3, 17, 18]) expect(seen).not.toContain(row);
    // A block of what is left crosses borders of what is read, a row or two of which come twice.
    expect(Math.max(...reads)).toBeLessThanOrEqual(2);
    expect(reads.reduce((sum, times) => sum + times, 0)).toBeLessThan(220);
  });
});
