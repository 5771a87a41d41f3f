import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  configured,
  type FinishedRow,
  readFinishedRows,
  runTable,
  type Scores,
  type Table,
  type TableRow,
  tableContent,
  writeFinishedRows,
} from "../../src/index.js";

/** A row that scores `value + seed`, and counts its runs. */
function row(
  name: string,
  value: number,
  runs: string[],
  recipe: unknown = { name },
  more: Partial<TableRow> = {},
): TableRow {
  return {
    name,
    recipe,
    run: async (_, { seed }) => {
      runs.push(`${name} ${seed}`);
      return { ours: { mip: value + seed } };
    },
    ...more,
  };
}

const table = (rows: readonly TableRow[], more: Partial<Table> = {}): Table => ({
  name: "x",
  title: "X",
  about: "",
  columns: [],
  seeds: 1,
  data: "made",
  rows: () => rows,
  inconsistencies: [],
  ...more,
});

describe("runTable", () => {
  const backend = referenceBackend();

  it("runs seed by seed what is not done, and hands over all rows after each", async () => {
    const runs: string[] = [];
    const rows = [row("a", 1, runs), row("b", 2, runs)];
    const first = await runTable(backend, { table: "x", rows: rows.slice(0, 1), seeds: [0] });
    const saved: number[] = [];
    const all = await runTable(backend, {
      table: "x",
      rows,
      seeds: [0, 1],
      done: first,
      onRow: (done) => void saved.push(done.length),
    });
    expect(runs).toEqual(["a 0", "b 0", "a 1", "b 1"]);
    expect(saved).toEqual([2, 3, 4]);
    expect(all.map(({ row: name, seed, ours }) => [name, seed, ours.mip])).toEqual([
      ["a", 0, 1],
      ["b", 0, 2],
      ["a", 1, 2],
      ["b", 1, 3],
    ]);
  });

  it("runs a row anew when its recipe has changed, and leaves the old result out of the document", async () => {
    const runs: string[] = [];
    const before = await runTable(backend, { table: "x", rows: [row("a", 1, runs, { k: 8 })], seeds: [0] });
    const rows = [row("a", 5, runs, { k: 16 })];
    const done = await runTable(backend, { table: "x", rows, seeds: [0], done: before });
    expect(runs).toHaveLength(2);
    expect(tableContent(table(rows), "reduced", rows, done).rows.map(({ ours }) => ours.mip)).toEqual([5]);
  });

  it("keeps no row of another table", async () => {
    const runs: string[] = [];
    const done = await runTable(backend, { table: "y", rows: [row("a", 1, runs)], seeds: [0] });
    await runTable(backend, { table: "x", rows: [row("a", 1, runs)], seeds: [0], done });
    expect(runs).toHaveLength(2);
  });

  it("stops between rows when the signal is aborted, with what is done already handed over", async () => {
    const runs: string[] = [];
    const stop = new AbortController();
    let kept: readonly FinishedRow[] = [];
    const running = runTable(backend, {
      table: "x",
      rows: [row("a", 1, runs), row("b", 2, runs)],
      seeds: [0],
      signal: stop.signal,
      onRow: (done) => {
        kept = [...done];
        stop.abort(new Error("stop"));
      },
    });
    await expect(running).rejects.toThrow("stop");
    expect(kept.map(({ row: name }) => name)).toEqual(["a"]);
  });
});

describe("the data of rows", () => {
  it("are made once for rows that ask for the same after each other, also with other recipes, and anew for another seed", async () => {
    const seen: unknown[] = [];
    const asks = (name: string, steps: number): TableRow => ({
      name,
      recipe: { name },
      run: async (_, { seed, dataOf }) => {
        seen.push(dataOf(configured("quick", [], steps), seed));
        return { ours: {} };
      },
    });
    await runTable(referenceBackend(), { table: "x", rows: [asks("a", 10), asks("b", 20)], seeds: [0, 1] });
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).not.toBe(seen[0]);
    expect(seen[3]).toBe(seen[2]);
  });
});

describe("finished rows", () => {
  it("come back from their lines", () => {
    const rows: FinishedRow[] = [
      {
        table: "1",
        row: "topk",
        seed: 3,
        key: "k",
        seconds: 1.5,
        ours: { mip: 0.5, fvu: null },
        series: { loss: [1, 2] },
      },
    ];
    expect(readFinishedRows(writeFinishedRows(rows))).toEqual(rows);
    expect(readFinishedRows("\n")).toEqual([]);
  });

  it.each(["{", "3", "{}", '{"table":"1","row":"a","seed":0,"key":"k","seconds":1,"ours":{"mip":"x"}}'])(
    "refuse the line %s and say which it is",
    (line) => {
      expect(() => readFinishedRows(`\n${line}\n`)).toThrow(/line 2; remove the line/);
    },
  );
});

describe("tableContent", () => {
  it("explains a difference from the means over seeds, with the same sentence for each", async () => {
    const why = ({ mip }: Scores): string | undefined => ((mip ?? 0) < 2 ? `low ${mip}` : undefined);
    const rows = [row("a", 1, [], "a", { why, paper: { mip: 2 } }), row("b", 5, [], "b", { why })];
    const done = await runTable(referenceBackend(), { table: "x", rows, seeds: [0, 1] });
    const content = tableContent(table(rows), "paper", rows, done);
    expect(content.rows.map(({ row: name, seed, why: text }) => [name, seed, text])).toEqual([
      ["a", 0, "low 1.5"],
      ["a", 1, "low 1.5"],
      ["b", 0, undefined],
      ["b", 1, undefined],
    ]);
    expect(content.rows[0]?.paper).toEqual({ mip: 2 });
  });

  it("concludes from the means of the rows that are done", async () => {
    const rows = [row("a", 1, []), row("b", 2, [])];
    const done = await runTable(referenceBackend(), { table: "x", rows: rows.slice(0, 1), seeds: [0, 2] });
    const conclusion = (means: ReadonlyMap<string, Scores>): string[] =>
      [...means].map(([name, { mip }]) => `${name} ${mip}`);
    expect(tableContent(table(rows, { conclusion }), "paper", rows, done).conclusion).toEqual(["a 2"]);
  });
});
