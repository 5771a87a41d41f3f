import { describe, expect, it } from "vitest";
import { arrayRows, splitRows } from "../src/index.js";

const rows = (n: number, columns: number) =>
  arrayRows(
    Float32Array.from({ length: n * columns }, (_, i) => Math.floor(i / columns)),
    columns,
  );
const read = async ({ rows: count, columns, readRows }: ReturnType<typeof rows>): Promise<number[]> =>
  Array.from(await readRows(0, count)).filter((_, i) => i % columns === 0);

describe("splitRows", () => {
  it("gives every row to one part, in order, and the drawn number to the held-out part", async () => {
    const { training, heldOut } = splitRows(rows(100, 3), 17, 4);
    const [kept, drawn] = [await read(training), await read(heldOut)];
    expect([kept.length, drawn.length]).toEqual([83, 17]);
    expect([...kept, ...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
  });

  it("draws the same rows of sources with as many rows, others with another seed", async () => {
    const of = async (columns: number, seed: number) => read(splitRows(rows(50, columns), 10, seed).heldOut);
    expect(await of(2, 1)).toEqual(await of(5, 1));
    expect(await of(2, 1)).not.toEqual(await of(2, 2));
  });

  it("holds nothing out for a count of 0, and refuses to hold out all", async () => {
    expect(await read(splitRows(rows(5, 2), 0, 0).training)).toEqual([0, 1, 2, 3, 4]);
    expect(() => splitRows(rows(5, 2), 5, 0)).toThrow(/from 0 to 4, one less than the rows, got 5/);
  });
});
