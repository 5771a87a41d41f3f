import { describe, expect, it } from "vitest";
import { type Scores, tables } from "../../src/index.js";

const concluded = (name: string, means: Readonly<Record<string, Scores>>): readonly string[] =>
  tables.find((table) => table.name === name)?.conclusion?.(new Map(Object.entries(means))) ?? [];

describe("the conclusion of the study of anchors", () => {
  it("sorts the choices by what they do to the middle features", () => {
    const texts = concluded("anchors", {
      none: { middle: 0.4 },
      frequent: { middle: 0.7 },
      "label-means": { middle: 0.75 },
      roots: { middle: 0.41 },
      "decoder-side": { middle: 0.2 },
      "matryoshka-none": { middle: 0.3 },
      matryoshka: { middle: 0.6 },
    });
    expect(texts).toEqual([
      "Without anchors 0.400 of the middle features are found.",
      "More are found with label-means (0.750), frequent (0.700).",
      "As many, within 0.02, with roots (0.410).",
      "Fewer with decoder-side (0.200).",
      "Other methods and data, without and with anchors: matryoshka 0.300 to 0.600.",
    ]);
  });

  it("says nothing of rows that were not run", () => {
    expect(concluded("anchors", { frequent: { middle: 0.7 } })).toEqual([]);
    expect(concluded("anchors", { none: { middle: 0.4 } })).toHaveLength(1);
  });
});

describe("the conclusion on partial minima", () => {
  it("has the rate of every remedy that was run", () => {
    const means = { top1: { spurious: 1, loss: 0.2, found: 0.4 }, "top1-escape": { spurious: 0.47 } };
    expect(concluded("minima", means)).toEqual([
      "Top-1: 100 % of the plain runs end stuck; 47 % with one exact escape.",
    ]);
  });

  it("tells no loss from recovery", () => {
    const texts = concluded("minima", { relu: { spurious: 0.03, loss: 0.001, found: 0.09 } });
    expect(texts.at(-1)).toMatch(/still find 9 % of the features/);
  });
});

describe("the conclusion on absorption", () => {
  it("counts the rows in which training does what the objective prefers", () => {
    const texts = concluded("absorption", {
      a: { rate: 0.8, predicted: 1 },
      b: { rate: 0.02, predicted: 1 },
      c: { rate: 0.3, predicted: null },
    });
    expect(texts).toEqual([
      "The theory's preference agrees with training in 1 of 2 rows.",
      "Most absorbed: a (80 % of the pairs), least: b (2 %).",
    ]);
  });
});
