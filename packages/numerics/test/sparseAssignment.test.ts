import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignment, type SparseScores, sparseAssignment } from "../src/index.js";

/** The entries of a dense matrix that are kept. */
const sparse = (dense: Float64Array, columnCount: number, keeps: (at: number) => boolean): SparseScores => {
  const kept = [...dense.keys()].filter(keeps);
  const rows = dense.length / columnCount;
  const before = (row: number): number => kept.filter((at) => at < row * columnCount).length;
  return {
    offsets: Int32Array.from({ length: rows + 1 }, (_, row) => before(row)),
    columns: Int32Array.from(kept, (at) => at % columnCount),
    scores: Float64Array.from(kept, (at) => dense[at] as number),
  };
};

const problem = (entry: fc.Arbitrary<number>) =>
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(([rows, columns]) =>
    fc.record({
      columns: fc.constant(columns),
      dense: fc
        .array(entry, { minLength: rows * columns, maxLength: rows * columns })
        .map((values) => Float64Array.from(values)),
      kept: fc.array(fc.boolean(), { minLength: rows * columns, maxLength: rows * columns }),
    }),
  );

describe("sparseAssignment", () => {
  it.each([
    ["real scores", fc.double({ min: -1, max: 1, noNaN: true })],
    ["scores with many ties", fc.integer({ min: -1, max: 3 })],
  ])("has the sum of the dense matching, where pairs that are not given or below 0 count 0: %s", (_, entry) => {
    fc.assert(
      fc.property(problem(entry), fc.boolean(), ({ dense, columns, kept }, all) => {
        const keeps = (at: number): boolean => all || (kept[at] as boolean);
        const { columnOf, rowOf, sum } = sparseAssignment(sparse(dense, columns, keeps), columns);
        const clipped = dense.map((score, at) => (keeps(at) ? Math.max(0, score) : 0));
        expect(sum).toBeCloseTo(assignment(clipped, dense.length / columns, columns).sum, 10);
        let total = 0;
        columnOf.forEach((column, row) => {
          if (column < 0) return;
          expect(rowOf[column]).toBe(row);
          expect(keeps(row * columns + column)).toBe(true);
          expect(dense[row * columns + column]).toBeGreaterThan(0);
          total += dense[row * columns + column] as number;
        });
        rowOf.forEach((row, column) => {
          if (row >= 0) expect(columnOf[row]).toBe(column);
        });
        expect(sum).toBeCloseTo(total, 12);
      }),
      { numRuns: 1000 },
    );
  });

  it("moves a whole chain of rows where only that raises the sum", () => {
    // Row i has columns i and i + 1, the last row only column 0: every row has to move up by one.
    const length = 50;
    const offsets = Int32Array.from({ length: length + 2 }, (_, i) => Math.min(2 * i, 2 * length + 1));
    const columns = Int32Array.from({ length: 2 * length + 1 }, (_, e) => (e === 2 * length ? 0 : (e >> 1) + (e & 1)));
    const scores = Float64Array.from(columns, (_, e) => (e & 1 ? 1 : 1.01));
    const { columnOf, sum } = sparseAssignment({ offsets, columns, scores }, length + 1);
    expect([...columnOf]).toEqual([...Array.from({ length }, (_, i) => i + 1), 0]);
    expect(sum).toBeCloseTo(length + 1.01, 12);
  });

  it("leaves the row alone whose place is worth least", () => {
    const scores = {
      offsets: Int32Array.of(0, 1, 2),
      columns: Int32Array.of(0, 0),
      scores: Float32Array.of(0.5, 0.75),
    };
    expect(sparseAssignment(scores, 2)).toEqual({
      columnOf: Int32Array.of(-1, 0),
      rowOf: Int32Array.of(1, -1),
      sum: 0.75,
    });
  });

  it("refuses sizes that do not fit, columns that do not exist and scores that are not finite", () => {
    const [offsets, columns, scores] = [Int32Array.of(0, 1), Int32Array.of(0), Float64Array.of(1)];
    expect(() => sparseAssignment({ offsets: Int32Array.of(0, 2), columns, scores }, 1)).toThrow(
      /^sparseAssignment: offsets must go from 0 to the number of columns and scores, got 0 to 2 with 1 and 1/,
    );
    expect(() => sparseAssignment({ offsets, columns: Int32Array.of(3), scores }, 2)).toThrow(
      /^sparseAssignment: columns must be from 0 to 1, got 3/,
    );
    expect(() => sparseAssignment({ offsets, columns, scores: Float64Array.of(Number.NaN) }, 1)).toThrow(
      /^sparseAssignment: scores must be finite, got NaN at index 0/,
    );
  });
});
