import { bytesSource } from "@monosema/tensor";
import fc from "fast-check";
import { parquetMetadata, parquetSchema } from "hyparquet";
import { describe, expect, it } from "vitest";
import { rowsInOrder } from "../src/read/joinedRows.js";
import { leavesOf } from "../src/read/parquet/leaf.js";
import { listGroups } from "../src/read/parquet/listGroups.js";
import { blockOf, tableGroups } from "../src/read/parquet/tableGroups.js";
import { bytesOf, numbersOf } from "./support/fixtures.js";

const rows = await numbersOf("rows.npy");
const width = 6;

describe("groups of rows of parquet, without the blocks that are kept", () => {
  it.each(["pages.parquet", "mixed.parquet", "list-v2.parquet", "contexts.parquet", "table.parquet"])(
    "%s: any range, across pages and groups",
    async (name) => {
      const bytes = await bytesOf(name);
      const source = bytesSource(bytes, name);
      const metadata = parquetMetadata(bytes);
      const leaves = leavesOf(parquetSchema(metadata)).filter(({ dtype }) => dtype.startsWith("F"));
      const [leaf] = leaves;
      const { groups, columns } =
        leaf && leaf.lists > 0 ? await listGroups(source, metadata, leaf) : await tableGroups(source, metadata, leaves);
      expect(columns).toBe(width);
      expect(groups.length).toBeGreaterThan(1);
      const all = rowsInOrder(groups, columns);
      await fc.assert(
        fc.asyncProperty(fc.nat(all.rows), fc.nat(all.rows), async (a, b) => {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          expect(await all.readRows(start, end - start)).toEqual(rows.slice(start * width, end * width));
        }),
        { numRuns: 30, seed: 1 },
      );
    },
  );

  it("are decoded in blocks of a page's rows, from 8 MB to 128 MB", () => {
    expect(blockOf(10, 512)).toBe(4096);
    expect(blockOf(20_000, 512)).toBe(20_000);
    expect(blockOf(10_000_000, 512)).toBe(65_536);
    expect(blockOf(10, 2 ** 26)).toBe(1);
  });
});
