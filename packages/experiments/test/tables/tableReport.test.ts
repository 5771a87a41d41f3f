import { describe, expect, it } from "vitest";
import { type TableColumn, type TableDocument, type TableEntry, tables, tableText } from "../../src/index.js";
import { tableReport } from "../../src/report.js";

const columns: readonly TableColumn[] = [
  { key: "mip", title: "M_IP", meaning: "mean best match" },
  { key: "never", title: "never", meaning: "a score that no row has" },
  { key: "fvu", title: "fvu", meaning: "unexplained" },
];

const entry = (row: string, seed: number, ours: TableEntry["ours"], more: Partial<TableEntry> = {}): TableEntry => ({
  row,
  seed,
  ours,
  seconds: 1,
  ...more,
});

const document = (table: string, rows: readonly TableEntry[], more: Partial<TableDocument> = {}): TableDocument => ({
  command: "table",
  version: "0",
  backend: { name: "reference", detail: "", threads: 1 },
  seconds: 3,
  warnings: [],
  out: "/out",
  table,
  title: "A table",
  scale: "reduced",
  rows,
  inconsistencies: [],
  conclusion: [],
  ...more,
});

const sample = document(
  "1",
  [
    entry("a", 0, { mip: 0.5, fvu: 0.1 }, { paper: { mip: 0.75 }, why: "it was not trained." }),
    entry("a", 1, { mip: 0.7, fvu: null }, { paper: { mip: 0.75 }, why: "it was not trained." }),
    entry("b", 0, { mip: 0.9 }),
  ],
  { inconsistencies: ["One thing contradicts another."], conclusion: ["Use b."] },
);

describe("tableText", () => {
  const text = tableText(sample, columns);
  const lines = text.split("\n");

  it("has a line per row with means, spread and the paper's number under ours", () => {
    expect(lines).toContain("a            0.600  0.100");
    expect(lines).toContain("  ± 2 seeds  0.141    n/a");
    expect(lines).toContain("  paper      0.750");
    expect(lines).toContain("b            0.900");
  });

  it("leaves out columns without scores and those that do not fit", () => {
    expect(text).not.toContain("never");
    expect(tableText(sample, columns, { width: 20 })).not.toMatch(/fvu/);
  });

  it("says each sentence once", () => {
    expect(text.match(/a: it was not trained\./g)).toHaveLength(1);
    expect(text).toMatch(/Inconsistencies in the paper's tables\n- One thing contradicts another\./);
    expect(text).toMatch(/Conclusion\n- Use b\.$/);
  });
});

describe("tableReport", () => {
  it("shows ours beside the paper's, the sentences and what columns mean, without any pointing", () => {
    const page = tableReport(sample, columns, "How to read it.");
    for (const part of [
      "How to read it.",
      "paper 0.750",
      "±0.141",
      "it was not trained.",
      "One thing",
      "Use b.",
      "mean best match",
    ])
      expect(page).toContain(part);
    expect(page).not.toContain("<abbr");
    expect(page).not.toMatch(/<(script|link|img)/);
  });

  it("draws every run of the minima as a dot, stuck ones in another colour", () => {
    const rows = [0, 1, 2].map((seed) => entry("top1", seed, { loss: seed / 10, spurious: Number(seed > 0) }));
    const page = tableReport(document("minima", rows), [], "");
    expect(page.match(/<circle/g)).toHaveLength(3);
    expect(page.match(/<circle[^>]*fill="var\(--c1\)"/g)).toHaveLength(2);
  });

  it("draws every pair of parent and child, and what the theory expects", () => {
    const series = { carried: [0, 1, 9], silent: [0, 0.9, 1] };
    const rows = [entry("relu", 0, { predicted: 1 }, { series }), entry("topk", 0, { predicted: null }, { series })];
    const page = tableReport(document("absorption", rows), [], "");
    expect(page.match(/<figure/g)).toHaveLength(2);
    expect(page.match(/<circle/g)).toHaveLength(6);
  });

  it("every table says how it is read, and its columns say what they are", () => {
    for (const table of tables) {
      expect(table.about.length).toBeGreaterThan(60);
      expect(new Set(table.columns.map(({ key }) => key)).size).toBe(table.columns.length);
      for (const { meaning } of table.columns) expect(meaning.length).toBeGreaterThan(10);
    }
  });
});
