import { type Mat, matFrom, row, singularValues, takeRows, unitRows } from "@monosema/numerics";
import { random, type SparseRows } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { codeDetermination } from "../src/index.js";

const codesOn = (supports: readonly (readonly number[])[]): SparseRows => ({
  offsets: Int32Array.from([0, ...supports.map((_, b) => supports.slice(0, b + 1).flat().length)]),
  latents: Int32Array.from(supports.flat()),
  values: new Float64Array(supports.flat().length).fill(1),
});

const normalRows = (rows: number, cols: number): Mat => {
  const stream = random(3, "rows");
  return matFrom(Array.from({ length: rows }, () => Array.from({ length: cols }, () => stream.normal())));
};

describe("codeDetermination", () => {
  it("is 1 for orthogonal rows of any length", () => {
    const decoder = matFrom([
      [3, 0, 0],
      [0, 0.5, 0],
      [0, 0, 1],
    ]);
    const found = codeDetermination(decoder, codesOn([[0, 1], [2], [1, 2]]));
    expect(found).toMatchObject({ unions: 3, dependent: 0, smallest: { min: 1, median: 1 }, largest: { max: 1 } });
  });

  it("is sqrt(1 - c) to sqrt(1 + c) for two rows of cosine c", () => {
    const decoder = matFrom([
      [1, 0],
      [0.6, 0.8],
    ]);
    const found = codeDetermination(decoder, codesOn([[0], [1]]));
    expect(found).toMatchObject({ unions: 1, latents: 2 });
    expect(found?.smallest.min).toBeCloseTo(Math.sqrt(0.4), 12);
    expect(found?.largest.max).toBeCloseTo(Math.sqrt(1.6), 12);
  });

  it("tells unions apart: rows that depend on each other count as dependent, with 0", () => {
    const decoder = matFrom([
      [1, 0, 0],
      [2, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const samples = codesOn(Array.from({ length: 400 }, (_, b) => [b % 4]));
    const found = codeDetermination(decoder, samples, { pairs: 3000 });
    expect(found?.dependent).toBeGreaterThan(0.1); // the first two in 1/8 of the pairs; a standard error is .006
    expect(found?.dependent).toBeLessThan(0.15);
    expect(found?.smallest).toMatchObject({ min: 0, median: 1 });
    expect(found?.largest.max).toBeCloseTo(Math.SQRT2, 12);
    expect(codeDetermination(decoder, codesOn([[0], [1], [2]]), { pairs: 3000 })?.unions).toBe(3); // not more than there are
  });

  it("depends on all rows of a union: more of them than dimensions are never determined", () => {
    const found = codeDetermination(
      normalRows(8, 4),
      codesOn([
        [0, 1, 2],
        [3, 4, 5],
      ]),
    );
    expect(found).toMatchObject({ latents: 6, dependent: 1, smallest: { max: 0 } });
  });

  it("bounds the distance of codes by what they decode to, with the singular values of a decomposition", () => {
    const decoder = normalRows(30, 16);
    const [first, second] = [
      [0, 3, 7, 12],
      [3, 8, 20, 29],
    ];
    const found = codeDetermination(decoder, codesOn([first as number[], second as number[]]));
    const { unit } = unitRows(decoder);
    const union = [0, 3, 7, 8, 12, 20, 29];
    const values = singularValues(takeRows(unit, union));
    expect(found?.smallest.min).toBeCloseTo(values[6] as number, 10);
    expect(found?.largest.max).toBeCloseTo(values[0] as number, 10);
    const stream = random(9, "codes");
    for (let trial = 0; trial < 50; trial++) {
      const difference = union.map(() => stream.normal());
      const decoded = Array.from({ length: 16 }, (_, r) =>
        union.reduce((sum, latent, at) => sum + (difference[at] as number) * (row(unit, latent)[r] as number), 0),
      );
      expect(Math.hypot(...decoded)).toBeGreaterThanOrEqual(
        (found?.smallest.min as number) * Math.hypot(...difference),
      );
    }
  });

  it("looks only at samples with active latents, and needs two of them", () => {
    const decoder = normalRows(4, 4);
    expect(codeDetermination(decoder, codesOn([[0], [], []]))).toBeNull();
    expect(codeDetermination(decoder, codesOn([[0], [], [1]]))).toMatchObject({ unions: 1, latents: 2 });
    expect(() => codeDetermination(decoder, codesOn([[0], [1]]), { pairs: 0 })).toThrow(
      "codeDetermination: pairs must be a whole number of at least 1, got 0",
    );
  });
});
