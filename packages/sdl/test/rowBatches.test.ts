import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayRows, inMemory, type Rows, rowBatches, sequentialBatches } from "../src/index.js";

/** N rows `[i, -i]`. */
const numbered = (n: number): Rows =>
  arrayRows(
    Float32Array.from({ length: 2 * n }, (_, j) => (j % 2 === 0 ? j / 2 : -(j - 1) / 2)),
    2,
  );
const firsts = (rows: ArrayLike<number>): number[] => Array.from(rows).filter((_, j) => j % 2 === 0);
const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

async function epochOf(source: ReturnType<typeof rowBatches>, epoch: number, perEpoch: number): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 1; i <= perEpoch; i++) seen.push(...firsts((await source.batch(epoch * perEpoch + i)).input));
  return seen;
}

describe("rowBatches", () => {
  it("takes every row once in an epoch, in another order in each, and repeats with its seed", async () => {
    const all = Array.from({ length: 24 }, (_, i) => i);
    const source = rowBatches(numbered(24), { batchSize: 8, seed: 3 });
    const epochs = [await epochOf(source, 0, 3), await epochOf(source, 1, 3), await epochOf(source, 7, 3)];
    for (const epoch of epochs) expect(ascending(epoch)).toEqual(all);
    expect(new Set([all, ...epochs].map(String)).size).toBe(4);
    expect(await epochOf(rowBatches(numbered(24), { batchSize: 8, seed: 3 }), 1, 3)).toEqual(epochs[1]);
    expect(await epochOf(rowBatches(numbered(24), { batchSize: 8, seed: 4 }), 1, 3)).not.toEqual(epochs[1]);
  });

  it("drops the incomplete last batch: no repetition within the epoch (property)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(5),
        async (n, batchSize, epoch) => {
          const source = rowBatches(numbered(n), { batchSize });
          expect(source.batchSize).toBe(Math.min(batchSize, n));
          expect(source.samples).toBe(n);
          const perEpoch = Math.floor(n / source.batchSize);
          const seen = await epochOf(source, epoch, perEpoch);
          expect(seen.length).toBe(perEpoch * source.batchSize);
          expect(new Set(seen).size).toBe(seen.length);
        },
      ),
    );
  });

  it("is a function of the step, in any order and concurrently", async () => {
    const source = rowBatches(numbered(20), { batchSize: 4 });
    const inOrder = [];
    for (let step = 1; step <= 12; step++) inOrder.push(await source.batch(step));
    expect(await source.batch(2)).toEqual(inOrder[1]);
    expect(await Promise.all([12, 1, 7].map((step) => source.batch(step)))).toEqual([
      inOrder[11],
      inOrder[0],
      inOrder[6],
    ]);
  });

  it("pairs each input with the target of the same row", async () => {
    const target = arrayRows(
      Float32Array.from({ length: 20 }, (_, i) => 100 + i),
      1,
    );
    const batch = await rowBatches(numbered(20), { batchSize: 6, target }).batch(5);
    expect([...(batch.target ?? [])]).toEqual(firsts(batch.input).map((i) => 100 + i));
  });

  it("reads rows that come as promises", async () => {
    const source = numbered(6);
    const slow: Rows = { ...source, readRows: async (start, count) => source.readRows(start, count) };
    expect(await rowBatches(slow, { batchSize: 3 }).batch(2)).toEqual(
      await rowBatches(source, { batchSize: 3 }).batch(2),
    );
  });

  it.each([
    [
      () => rowBatches(numbered(3), { target: numbered(4) }),
      "rowBatches: input and target must have the same number of rows, got 3 and 4; pair them",
    ],
    [() => rowBatches(numbered(0)), "rowBatches: needs at least one row, got none; check the data"],
    [
      () => rowBatches(numbered(3), { batchSize: 0 }),
      "rowBatches: batchSize must be a whole number of at least 1, got 0; correct it",
    ],
    [
      () => rowBatches(numbered(3), { batchSize: 1.5 }),
      "rowBatches: batchSize must be a whole number of at least 1, got 1.5; correct it",
    ],
    [
      () => arrayRows(new Float32Array(5), 2),
      "arrayRows: needs whole rows of 2 columns, got 5 numbers; give the right width",
    ],
  ])("refuses: case %#", (make, message) => expect(make).toThrow(new RangeError(message)));
});

describe("sequentialBatches", () => {
  it("gives all rows in order, the last batch smaller, targets beside them", async () => {
    const seen: number[][] = [];
    for await (const { size, input, target } of sequentialBatches(numbered(5), 2, numbered(5))) {
      expect(target).toEqual(input);
      expect(input.length).toBe(2 * size);
      seen.push(firsts(input));
    }
    expect(seen).toEqual([[0, 1], [2, 3], [4]]);
  });
});

describe("inMemory", () => {
  it("copies rows that fit the limit and gives others back", async () => {
    const source = numbered(4); // 32 bytes
    const copy = await inMemory(source, 32);
    expect(copy).not.toBe(source);
    expect(await copy.readRows(1, 2)).toEqual(await source.readRows(1, 2));
    expect(await inMemory(source, 31)).toBe(source);
  });
});
