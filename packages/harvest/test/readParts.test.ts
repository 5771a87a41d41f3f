import { bytesSource, type MatrixSource } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { blockedRows } from "../src/read/blockedRows.js";
import { pooledFiles } from "../src/read/pooledFiles.js";
import { joinedRows, naturalOrder, openActivations } from "../src/read.js";
import { bytesOf, filesInMemory, messageOf } from "./support/fixtures.js";

describe("pooled files", () => {
  it("are open 64 at a time, are opened again when they are read again, and are closed together", async () => {
    const names = Array.from({ length: 100 }, (_, i) => `f${i}`);
    let [open, most, opens] = [0, 0, 0];
    const pool = pooledFiles({
      name: "folder",
      names,
      open: async (name) => {
        open += 1;
        opens += 1;
        most = Math.max(most, open);
        const close = async (): Promise<void> => {
          open -= 1;
        };
        return { ...bytesSource(new TextEncoder().encode(name), name), close };
      },
    });
    const sources = [];
    for (const name of names) sources.push(await pool.files.open(name));
    for (const [i, source] of sources.entries())
      expect(new TextDecoder().decode(await source.read(0, source.size))).toBe(names[i]);
    expect([most, opens]).toEqual([65, 200]);
    await sources[99]?.read(0, 1);
    expect(opens).toBe(200);
    await pool.close();
    expect(open).toBe(0);
  });

  it("give the error of one that cannot be opened, and try again", async () => {
    let there = false;
    const files = filesInMemory({ a: new Uint8Array(2) });
    const pool = pooledFiles({
      ...files,
      open: async (name) => (there ? await files.open(name) : Promise.reject(new Error("away"))),
    });
    expect(await messageOf(pool.files.open("a"))).toBe("Error: away");
    there = true;
    expect((await pool.files.open("a")).size).toBe(2);
  });
});

describe("blocked rows", () => {
  it("decode each block once where they are read in order, in ranges of any size", async () => {
    const decoded: number[] = [];
    const rows = blockedRows(
      {
        rows: 23,
        readRows: async (start, count) => {
          decoded.push(start);
          return Float32Array.from({ length: 2 * count }, (_, i) => 2 * start + i);
        },
      },
      2,
      5,
    );
    const read: number[] = [];
    for (const count of [3, 4, 0, 9, 1, 6]) read.push(...(await rows.readRows(read.length / 2, count)));
    expect(read).toEqual(Array.from({ length: 46 }, (_, i) => i));
    expect(decoded).toEqual([0, 5, 10, 15, 20]);
  });

  it("make parquet files read each byte of their pages about once in a pass", async () => {
    const bytes = await bytesOf("list-plain.parquet");
    let read = 0;
    const source = bytesSource(bytes, "list.parquet");
    const counting = {
      ...source,
      read: async (offset: number, length: number) => {
        read += length;
        return await source.read(offset, length);
      },
    };
    const opened = await openActivations({ name: "x", main: "x", names: ["x"], open: async () => counting });
    const matrix = await opened.matrix();
    await matrix.readRows(0, 1);
    read = 0;
    for (let row = 0; row < matrix.rows; row++) await matrix.readRows(row, 1);
    expect(read).toBe(0); // the block of the first row has all of this small file
    expect(matrix.block).toBeGreaterThan(matrix.rows);
  });
});

describe("joined rows", () => {
  const matrix = (name: string, rows: number, columns: number): MatrixSource => ({
    name,
    rows,
    columns,
    readRows: async (start, count) => new Float32Array(count * columns).fill(start),
    close: async () => {},
  });

  it("are of one width", () => {
    expect(() => joinedRows("set", [matrix("a", 1, 2), matrix("b", 1, 3)])).toThrow(
      /^set: files must have the same number of columns, got 2 in a and 3 in b/,
    );
    expect(() => joinedRows("set", [])).toThrow(/got none/);
  });

  it("pass over parts without rows", async () => {
    const joined = joinedRows("set", [matrix("a", 0, 1), matrix("b", 2, 1), matrix("c", 0, 1), matrix("d", 2, 1)]);
    expect([...(await joined.readRows(0, 4))]).toEqual([0, 0, 0, 0]);
    expect([...(await joined.readRows(1, 2))]).toEqual([1, 0]);
  });
});

describe("natural order", () => {
  it("counts numbers, and is the same for all names", () => {
    const names = ["b", "a10", "a2", "a02", "A2", "a"];
    expect([...names].sort(naturalOrder)).toEqual([...names].reverse().sort(naturalOrder));
    expect(["s-10", "s-9", "s-1"].sort(naturalOrder)).toEqual(["s-1", "s-9", "s-10"]);
  });
});
