import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type LabelledData, runTable, type Scores, tableContent, tables } from "../../src/index.js";
import { labelledSplit } from "../../src/tables/labelledSplit.js";

const columns = 12;
const classes = 8;

/** Samples about the means of their classes, on a large common part; every tenth has no class. */
function labelled(more: Partial<LabelledData> = {}): LabelledData {
  const stream = random(5, "labelled");
  const means = Array.from({ length: classes }, () => Array.from({ length: columns }, stream.normal));
  const labels = Array.from({ length: 160 }, (_, i) => (i % 10 === 9 ? null : `class ${i % classes}`));
  const input = Float32Array.from({ length: labels.length * columns }, (_, j) => {
    const [i, d] = [Math.floor(j / columns), j % columns];
    return 3 + 1.5 * (means[i % classes]?.[d] as number) + 0.8 * stream.normal();
  });
  return { input, columns, labels, checksum: "x", ...more };
}

const table2 = tables.find(({ name }) => name === "2");

async function meansOf(data: LabelledData, names: readonly string[]): Promise<ReadonlyMap<string, Scores>> {
  const rows = table2?.rows("reduced", data).filter(({ name }) => names.includes(name)) ?? [];
  const done = await runTable(referenceBackend(), { table: "2", rows, seeds: [0] });
  return new Map(done.map(({ row, ours }) => [row, ours]));
}

describe("labelledSplit", () => {
  it("holds out a quarter of every class, and none of the samples without a class", () => {
    const { train, test } = labelledSplit(labelled(), 1);
    expect(test.labels).not.toContain(null);
    for (let c = 0; c < classes; c++) {
      const count = (labels: readonly (string | null)[]): number => labels.filter((one) => one === `class ${c}`).length;
      expect(count(test.labels)).toBe(Math.round((count(train.labels) + count(test.labels)) / 4));
    }
    expect(train.input.length + test.input.length).toBe(labelled().input.length);
  });

  it("is drawn by the seed", () => {
    const [a, b, c] = [1, 1, 2].map((seed) => labelledSplit(labelled(), seed).test.input);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it("scores on the caller's samples, on classes with samples on both sides", () => {
    const other = labelled();
    const labels = other.labels.map((label) => (label === "class 0" ? null : label));
    const { classes: found, train } = labelledSplit({ ...labelled(), test: { input: other.input, labels } }, 0);
    expect(found).toEqual(["class 1", "class 2", "class 3", "class 4", "class 5", "class 6", "class 7"]);
    expect(train.labels).toHaveLength(160);
  });

  it("refuses samples of which no class can be scored", () => {
    expect(() => labelledSplit({ ...labelled(), labels: labelled().labels.map(() => null) }, 0)).toThrow(
      /a class must have at least 2 samples .* got none of 0 classes/,
    );
  });
});

describe("table 2", { timeout: 120_000 }, () => {
  it("finds the class means where they are anchored, up to the ceiling, as the projection on them does", async () => {
    const scores = await meansOf(labelled(), ["plain", "anchored", "projection"]);
    const [plain, anchored, projection] = ["plain", "anchored", "projection"].map((name) => scores.get(name));
    expect(projection?.mip).toBeGreaterThanOrEqual(projection?.ceiling as number);
    expect(anchored?.mip).toBeGreaterThan(plain?.mip as number);
    expect(anchored?.mip).toBeGreaterThan((anchored?.ceiling as number) - 0.05);
    expect(projection?.auroc).toBeGreaterThan(0.9);
    for (const one of [plain, anchored])
      expect(Object.keys(one ?? {})).toEqual(expect.arrayContaining(["f1", "auroc", "fvu"]));
  });

  it("scores anchored and other classes apart, and lifts the others by clusters that need no label", async () => {
    const scores = await meansOf(labelled({ anchoredClasses: 3 }), ["anchored", "anchored-clusters"]);
    const [anchored, mixed] = [scores.get("anchored"), scores.get("anchored-clusters")];
    expect(anchored?.mipAnchored).toBeGreaterThan(anchored?.mipOthers as number);
    expect(mixed?.mipOthers).toBeGreaterThan(anchored?.mipOthers as number);
  });

  it("says what the rows say together, and no more than was run", () => {
    const plain = { mip: 0.5, ceiling: 0.9, mipOthers: 0.5 };
    const rows = table2?.rows("reduced", labelled({ anchoredClasses: 3 })) ?? [];
    const conclude = (ours: Readonly<Record<string, Scores>>): readonly string[] =>
      table2?.conclusion?.(new Map(Object.entries(ours))) ?? [];
    expect(rows.map(({ name }) => name)).toContain("anchored-clusters");
    expect(conclude({ plain })).toEqual([]);
    expect(conclude({ plain, anchored: { mip: 0.7, mipOthers: 0.505 } }).join(" ")).toMatch(
      /leaves the others as they are/,
    );
    expect(conclude({ plain, anchored: { mip: 0.7, mipOthers: 0.6 } }).join(" ")).toMatch(/raises the others/);
    expect(tableContent(table2 as (typeof tables)[number], "reduced", rows, []).conclusion).toEqual([]);
  });
});
