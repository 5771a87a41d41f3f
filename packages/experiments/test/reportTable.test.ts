import { describe, expect, it } from "vitest";
import { benchTable } from "../src/report/table.js";
import { sampleDocument } from "./reportSample.js";

const two = {
  ...sampleDocument({ methods: ["relu", "topk"], anchors: ["none", "discovered"], seeds: 2 }),
  conclusion: [],
};

describe("benchTable", () => {
  it("aligns methods, means and deviations, and says how to read them", () => {
    expect(`\n${benchTable(two)}\n`).toMatchInlineSnapshot(`
      "
                                decoder       encoder  raw
      method  anchors           mgt95    mip  mgt95    mip    mcc    L0    fvu   dead    s
      ReLU    none              1.000  0.999  0.000  0.918  0.998  33.4  0.017  0.210  3.1
              ± 2 seeds         0.000  0.000  0.000  0.000  0.000   0.0  0.001  0.000  0.0
      ReLU    discovered 90-91  1.000  0.999  0.000  0.918  0.998  33.4  0.017  0.210  3.1
              ± 2 seeds         0.000  0.000  0.000  0.000  0.000   0.0  0.001  0.000  0.0
      TopK    none              1.000  0.991  0.000  0.918  0.990   5.7  0.021  0.190  4.1
              ± 2 seeds         0.000  0.001  0.000  0.000  0.001   0.0  0.001  0.000  0.0
      TopK    discovered 90-91  1.000  0.992  0.000  0.918  0.991   5.7  0.021  0.190  4.1
              ± 2 seeds         0.000  0.000  0.000  0.000  0.000   0.0  0.001  0.000  0.0

      mgt95: share of features matched above .95; mip: mean best match (random rows: 0.366).
      Judge recovery by the decoder, together with fvu; raw depends on the length of the rows.
      Scores with discovered anchors come from rows pinned to directions that a TopK run had already
      found; they do not show that the method found them.
      "
    `);
  });

  it("has the columns that tell hard data apart, and ends with the conclusion", () => {
    const document = sampleDocument({ methods: ["topk", "matryoshka"], anchors: ["none", "frequent"], hard: true });
    const lines = benchTable({ ...document, conclusion: ["Use TopK.", "It is one seed."] }).split("\n");
    expect(lines[0]?.split(/ {2,}/)).toEqual([
      "method",
      "anchors",
      "found",
      "+composite",
      "f1",
      "mcc",
      "fvu",
      "dead",
      "L0",
      "s",
    ]);
    expect(lines.slice(1, 3).map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
      ["TopK", "none", "0.300", "0.100"],
      ["TopK", "frequent 19", "0.500", "0.100"],
    ]);
    expect(lines.slice(-3)).toEqual(["Conclusion", "Use TopK.", "It is one seed."]);
  });

  it.each([100, 80, 60])("stays within %i columns", (width) => {
    const lines = benchTable(sampleDocument({ anchors: ["none", "truth", "discovered"] }), { width }).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
  });

  it("keeps decoder mgt95 and mip when there is no room for the rest", () => {
    const [, titles] = benchTable(two, { width: 20 }).split("\n");
    expect(titles?.split(/ +/)).toEqual(["method", "anchors", "mgt95", "mip"]);
  });

  it("adds colour only when asked, without changing the text", () => {
    const plain = benchTable(two);
    const coloured = benchTable(two, { color: true });
    expect(plain).not.toContain("\u001b");
    expect(coloured).toContain("\u001b[1m");
    expect(["1", "2", "0"].reduce((text, code) => text.replaceAll(`\u001b[${code}m`, ""), coloured)).toBe(plain);
  });

  it("marks what is not a number", () => {
    const rows = two.rows.map((row) => ({ ...row, seconds: Number.NaN }));
    expect(benchTable({ ...two, rows })).toContain("n/a");
  });
});
