import { describe, expect, it } from "vitest";
import { arrayRows, extremeRows, type Rows, rowNorms, sequentialBatches, withoutRows } from "../src/index.js";

/** Rows of these norms, [N, 2]. */
const ofNorms = (norms: readonly number[]): Rows =>
  arrayRows(Float32Array.from(norms.flatMap((norm) => [0.6 * norm, -0.8 * norm])), 2);

describe("extremeRows", () => {
  it("names the rows above the limit with their ratio to the median", async () => {
    const norms = await rowNorms(ofNorms([1, 2, 40, 2, 3, 0, 1000, 2]));
    const { median, rows, ratios } = extremeRows(norms, 10);
    expect(median).toBeCloseTo(2, 6);
    expect([...rows]).toEqual([2, 6]);
    expect(Array.from(ratios, Math.round)).toEqual([20, 500]);
  });

  it("takes the median over rows that are not zero, and finds nothing among zeros", async () => {
    expect([...extremeRows(Float64Array.of(0, 0, 0, 1, 1), 10).rows]).toEqual([]);
    expect(extremeRows(new Float64Array(3), 10)).toMatchObject({ median: 0, rows: new Int32Array() });
  });
});

describe("withoutRows", () => {
  const source = arrayRows(
    Float32Array.from({ length: 20 }, (_, i) => i),
    2,
  );
  const firsts = async (rows: Rows, start: number, count: number): Promise<number[]> =>
    [...(await rows.readRows(start, count))].filter((_, i) => i % 2 === 0).map((v) => v / 2);

  it("numbers what is left from zero, in any window", async () => {
    const left = withoutRows(source, Int32Array.of(0, 3, 4, 9));
    const kept = [1, 2, 5, 6, 7, 8];
    expect(left).toMatchObject({ rows: 6, columns: 2 });
    for (let start = 0; start < kept.length; start++) {
      for (let count = 0; start + count <= kept.length; count++)
        expect(await firsts(left, start, count)).toEqual(kept.slice(start, start + count));
    }
    const batches = [];
    for await (const { size } of sequentialBatches(left, 4)) batches.push(size);
    expect(batches).toEqual([4, 2]);
  });

  it("without anything to drop is the source itself", () => {
    expect(withoutRows(source, new Int32Array())).toBe(source);
  });
});
