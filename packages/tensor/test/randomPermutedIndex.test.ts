import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { permutedIndex } from "../src/random/permutedIndex.js";

const image = (seed: number, n: number, ...path: (string | number)[]): number[] =>
  Array.from({ length: n }, (_, i) => i).map(permutedIndex(seed, n, ...path));

describe("permutedIndex", () => {
  it("is a bijection of 0..n-1 for every n", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 700 }), (seed, n) => {
        expect(image(seed, n).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it("gives the same order on every platform (pinned at the first release)", () => {
    expect(image(1, 10, "order")).toEqual([1, 5, 2, 3, 0, 8, 7, 6, 4, 9]);
    const large = permutedIndex(1, 2 ** 40);
    expect([large(0), large(2 ** 40 - 1)]).toEqual([15463218421, 916777085483]);
  });

  it("looks like a random order: places, neighbours and fixed points", () => {
    const n = 20_000;
    const order = image(7, n, "epoch", 3);
    const mean = (n - 1) / 2;
    const variance = (n * n - 1) / 12;
    let alongIndex = 0;
    let alongNeighbour = 0;
    for (let i = 0; i + 1 < n; i++) {
      alongIndex += (i - mean) * ((order[i] as number) - mean);
      alongNeighbour += ((order[i] as number) - mean) * ((order[i + 1] as number) - mean);
    }
    expect(Math.abs(alongIndex / (n * variance))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(alongNeighbour / (n * variance))).toBeLessThan(5 / Math.sqrt(n));
    expect(order.filter((v, i) => v === i).length).toBeLessThan(10);
  });

  it("sends index 0 to every place equally often over seeds", () => {
    const counts = new Float64Array(7);
    for (let seed = 0; seed < 7000; seed++) {
      const place = permutedIndex(seed, 7)(0);
      counts[place] = (counts[place] as number) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("refuses sizes and indices out of range", () => {
    expect(() => permutedIndex(0, 0)).toThrow(/^permutedIndex: n must be/);
    expect(() => permutedIndex(0, 2 ** 40 + 1)).toThrow(RangeError);
    expect(() => permutedIndex(-1, 5)).toThrow(/^permutedIndex: seed/);
    expect(() => permutedIndex(0, 5)(5)).toThrow(/^permutedIndex: index must be an integer from 0 to 4, got 5/);
  });
});
