import { describe, expect, it } from "vitest";
import { recipeKey, scales, tables } from "../../src/index.js";

const made = tables.filter(({ data }) => data === "made");

describe.each(made.flatMap((table) => scales.map((scale) => [table.name, scale, table] as const)))(
  "table %s, %s",
  (_, scale, table) => {
    const rows = table.rows(scale);

    it("has rows of different names and recipes, which JSON keeps", () => {
      expect(rows.length).toBeGreaterThan(0);
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
      expect(new Set(rows.map(({ recipe }) => recipeKey(recipe))).size).toBe(rows.length);
      for (const { name, recipe } of rows) {
        expect(name).toMatch(/^[\w.-]+$/);
        expect(JSON.parse(JSON.stringify(recipe))).toEqual(recipe);
      }
    });
  },
);

describe("the sentence on a difference from the paper", () => {
  const [row] = tables.find(({ name }) => name === "7")?.rows("paper") ?? [];

  it("is there only where a score is below the paper's, and names it", () => {
    expect(row?.why?.({ mgt95: 1, mip: 0.9988 })).toBeUndefined();
    expect(row?.why?.({ mgt95: 1, mip: 0.98 })).toMatch(/M_IP 0\.980 is below the paper's 0\.999/);
    expect(row?.why?.({ mgt95: 0.9, mip: 0.98 })).toMatch(/M_GT 0\.900 .* and .*M_IP/);
  });
});

it("table 1 has seven methods, plain and anchored", () => {
  expect(tables.find(({ name }) => name === "1")?.rows("paper")).toHaveLength(14);
});
