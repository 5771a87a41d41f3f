import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { nearestRows, similarity } from "../src/index.js";

const width = 5;
const stream = random(4, "rows");
const rows = (count: number) => ({ values: Float64Array.from({ length: count * width }, stream.normal), count });

/** The same from all cosines, sorted. */
async function sorted(a: ReturnType<typeof rows>, b: ReturnType<typeof rows>, count: number, without: boolean) {
  const { cosine } = await similarity(referenceBackend(), a, b, width);
  return Array.from({ length: a.count }, (_, i) =>
    Array.from({ length: b.count }, (_, j) => [j, cosine[i * b.count + j] as number] as const)
      .filter(([j]) => !(without && j === i))
      .sort((x, y) => y[1] - x[1] || x[0] - y[0])
      .slice(0, count),
  ).flat();
}

describe("nearestRows", () => {
  it.each([
    ["two dictionaries, over blocks of rows", 1100, 40, 3, false],
    ["a dictionary and itself, without the row itself", 30, 30, 4, true],
    ["as many as there are", 3, 6, 6, false],
  ])("gives the largest of all cosines, in order: %s", async (_, aCount, bCount, count, excludeSelf) => {
    const backend = referenceBackend();
    const a = rows(aCount);
    const b = excludeSelf ? a : rows(bCount);
    const { indices, cosines } = await nearestRows(backend, a, b, width, { count, excludeSelf });
    const wanted = await sorted(a, b, count, excludeSelf);
    expect([...indices]).toEqual(wanted.map(([index]) => index));
    wanted.forEach(([, cosine], at) => {
      expect(cosines[at]).toBeCloseTo(cosine, 12);
    });
    expect(backend.liveTensors()).toBe(0);
  });

  it("keeps rows that are nothing out, on both sides, and pads where there are fewer than asked for", async () => {
    const a = { values: Float64Array.of(1, 0, 0, 0, 1e-9, 0), count: 3 };
    const b = { values: Float64Array.of(0, 0, 2, 0, -1, 1), count: 3 };
    const { indices, cosines } = await nearestRows(referenceBackend(), a, b, 2, { count: 3 });
    expect([...indices]).toEqual([1, 2, -1, -1, -1, -1, -1, -1, -1]);
    expect(cosines[0]).toBeCloseTo(1, 12);
    expect(cosines[1]).toBeCloseTo(-Math.SQRT1_2, 12);
    expect([...cosines.subarray(2)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    const none = await nearestRows(referenceBackend(), a, { values: new Float64Array(4), count: 2 }, 2, { count: 1 });
    expect([...none.indices]).toEqual([-1, -1, -1]);
  });

  it("tells how far it is", async () => {
    const told: number[] = [];
    await nearestRows(referenceBackend(), rows(1100), rows(4), width, { count: 1, onRows: (done) => told.push(done) });
    expect(told).toEqual([1024, 1100]);
  });

  it("refuses sizes that do not fit", async () => {
    const backend = referenceBackend();
    await expect(nearestRows(backend, rows(2), { values: [1, 2], count: 2 }, width)).rejects.toThrow(
      /^nearestRows: b must have 2 x 5 numbers, got 2/,
    );
    await expect(nearestRows(backend, rows(2), rows(2), width, { count: 0 })).rejects.toThrow(
      /^nearestRows: count must be a whole number of at least 1, got 0/,
    );
  });
});
