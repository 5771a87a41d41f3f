import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignment } from "../src/index.js";

/** Largest sum over all matchings, by trying every one. */
const bruteForce = (scores: Float64Array, rows: number, columns: number): number => {
  if (rows > columns) {
    const transposed = Float64Array.from(
      scores,
      (_, at) => scores[(at % rows) * columns + Math.floor(at / rows)] as number,
    );
    return bruteForce(transposed, columns, rows);
  }
  const best = (row: number, used: number): number => {
    if (row === rows) return 0;
    let largest = Number.NEGATIVE_INFINITY;
    for (let column = 0; column < columns; column++) {
      if (used & (1 << column)) continue;
      largest = Math.max(largest, (scores[row * columns + column] as number) + best(row + 1, used | (1 << column)));
    }
    return largest;
  };
  return best(0, 0);
};

const matrix = (entry: fc.Arbitrary<number>) =>
  fc
    .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
    .chain(({ rows, columns }) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        scores: fc
          .array(entry, { minLength: rows * columns, maxLength: rows * columns })
          .map((values) => Float64Array.from(values)),
      }),
    );

describe("assignment", () => {
  it.each([
    ["real scores", fc.double({ min: -10, max: 10, noNaN: true })],
    ["scores with many ties", fc.integer({ min: 0, max: 2 })],
  ])("finds the largest sum of any matching: %s", (_, entry) => {
    fc.assert(
      fc.property(matrix(entry), ({ scores, rows, columns }) => {
        const { columnOf, rowOf, sum } = assignment(scores, rows, columns);
        expect(sum).toBeCloseTo(bruteForce(scores, rows, columns), 10);
        const pairs = [...columnOf].filter((column) => column >= 0);
        expect(pairs.length).toBe(Math.min(rows, columns));
        columnOf.forEach((column, row) => {
          if (column >= 0) expect(rowOf[column]).toBe(row);
        });
        rowOf.forEach((row, column) => {
          if (row >= 0) expect(columnOf[row]).toBe(column);
        });
      }),
      { numRuns: 400 },
    );
  });

  it("finds the largest sum where one side is much longer and few of its items matter", () => {
    const shared = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(shared, shared, (long, noise) => {
        // All three columns prefer the same rows, up to a little.
        const scores = Float64Array.from({ length: 120 }, (_, at) => {
          const row = Math.floor(at / 3);
          return 10 * (long[row] as number) + (noise[(row + at) % 40] as number);
        });
        const { rowOf, sum } = assignment(scores, 40, 3);
        let best = Number.NEGATIVE_INFINITY;
        for (let a = 0; a < 40; a++) {
          for (let b = 0; b < 40; b++) {
            for (let c = 0; c < 40; c++) {
              if (a === b || b === c || a === c) continue;
              const total = (scores[a * 3] as number) + (scores[b * 3 + 1] as number) + (scores[c * 3 + 2] as number);
              best = Math.max(best, total);
            }
          }
        }
        expect(sum).toBe(best);
        expect(new Set(rowOf).size).toBe(3);
      }),
      { numRuns: 30 },
    );
  });

  it("gives up the largest entry where that raises the sum (greedy takes it: 10 + 0 < 9 + 8)", () => {
    expect(assignment(Float64Array.of(10, 9, 8, 0), 2, 2)).toEqual({
      columnOf: Int32Array.of(1, 0),
      rowOf: Int32Array.of(1, 0),
      sum: 17,
    });
  });

  it("matches a shuffled identity of 300 rows and 200 columns exactly", () => {
    const place = (column: number): number => (column * 7 + 3) % 300;
    const scores = new Float64Array(300 * 200);
    for (let i = 0; i < scores.length; i++) scores[i] = ((i * 7919) % 1000) / 2000;
    for (let column = 0; column < 200; column++) scores[place(column) * 200 + column] = 1;
    expect([...assignment(scores, 300, 200).rowOf]).toEqual(Array.from({ length: 200 }, (_, c) => place(c)));
  });

  it("takes float32 scores and empty sides", () => {
    expect(assignment(Float32Array.of(0.5, 1), 1, 2)).toEqual({
      columnOf: Int32Array.of(1),
      rowOf: Int32Array.of(-1, 0),
      sum: 1,
    });
    expect(assignment(new Float64Array(0), 0, 2)).toEqual({
      columnOf: new Int32Array(0),
      rowOf: Int32Array.of(-1, -1),
      sum: 0,
    });
  });

  it("refuses sizes that do not fit and scores that are not finite", () => {
    expect(() => assignment(new Float64Array(3), 2, 2)).toThrow(
      /^assignment: scores must have rows \* columns entries, got 3/,
    );
    expect(() => assignment(Float64Array.of(1, Number.NaN), 1, 2)).toThrow(
      /^assignment: scores must be finite, got NaN at index 1/,
    );
  });
});
