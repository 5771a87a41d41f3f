import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allRows, numbersOf, withFixture } from "./support/fixtures.js";

const rows = await numbersOf("rows.npy");
const other = await numbersOf("other.npy");
const width = 6;

/** Every layout in which the fixtures hold the same rows, with the matrix that is asked for. */
const layouts: readonly (readonly [name: string, matrix?: string | undefined])[] = [
  ["rows.npy"],
  ["saelens", "hook_a"],
  ["list.arrow"],
  ["views.arrow"],
  ["large-f64-file.arrow"],
  ["fixed-f16.arrow"],
  ["contexts.arrow"],
  ["list-snappy.parquet"],
  ["list-none.parquet"],
  ["list-gzip.parquet"],
  ["list-zstd.parquet"],
  ["list-brotli.parquet"],
  ["list-lz4.parquet"],
  ["list-v2.parquet"],
  ["list-plain.parquet"],
  ["list-split.parquet"],
  ["required.parquet"],
  ["pages.parquet"],
  ["mixed.parquet"],
  ["halves.parquet"],
  ["doubles.parquet"],
  ["contexts.parquet"],
  ["table.parquet"],
  ["two.parquet", "a"],
  ["saev", "3"],
  ["memmap"],
  ["memmap-f16"],
  ["activault"],
];

describe.each(layouts.map(([name, matrix]) => ({ name, matrix })))("the rows of $name", ({ name, matrix }) => {
  it("are those of the npy file, in any range", async () => {
    await withFixture(name, async (activations) => {
      const source = await activations.matrix(matrix);
      expect([source.rows, source.columns]).toEqual([rows.length / width, width]);
      const range = fc.tuple(fc.nat(source.rows), fc.nat(source.rows));
      await fc.assert(
        fc.asyncProperty(range, async ([a, b]) => {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          const read = await source.readRows(start, end - start);
          expect(read).toEqual(rows.subarray(start * width, end * width));
        }),
        { numRuns: 20, seed: 0 },
      );
      await expect(source.readRows(30, 6)).rejects.toThrow(RangeError);
    });
  });
});

describe("several matrices in one layout", () => {
  it.each([
    ["saelens", ["hook_a", "hook_b"]],
    ["two.parquet", ["a", "b"]],
    ["saev", ["3", "11"]],
  ])("%s names them, and gives the second", async (name, matrices) => {
    await withFixture(name, async (activations) => {
      expect(activations.matrices).toEqual(matrices);
      expect(await allRows(await activations.matrix(matrices[1]))).toEqual(other);
      await expect(activations.matrix()).rejects.toThrow(`one matrix must be named, got ${matrices.join(", ")}`);
      await expect(activations.matrix("no")).rejects.toMatchObject({ code: "tensor-not-found" });
    });
  });
});
