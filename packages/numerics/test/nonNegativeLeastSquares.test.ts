import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Mat, nonNegativeLeastSquares } from "../src/index.js";

const mat = (rows: number, cols: number, data: readonly number[]): Mat => ({
  rows,
  cols,
  data: Float64Array.from(data),
});

/** Solves a small dense system by elimination with pivoting; undefined if it is singular. */
const solve = (a: number[][], b: number[]): number[] | undefined => {
  const m = a.map((row, i) => [...row, b[i] as number]);
  for (let k = 0; k < m.length; k++) {
    const pivot = m
      .slice(k)
      .reduce((best, row, at) => (Math.abs(row[k] as number) > Math.abs(m[best]?.[k] as number) ? k + at : best), k);
    [m[k], m[pivot]] = [m[pivot] as number[], m[k] as number[]];
    const top = m[k] as number[];
    if (Math.abs(top[k] as number) < 1e-9) return undefined;
    for (let i = 0; i < m.length; i++) {
      if (i === k) continue;
      const row = m[i] as number[];
      const factor = (row[k] as number) / (top[k] as number);
      for (let j = k; j <= m.length; j++) row[j] = (row[j] as number) - factor * (top[j] as number);
    }
  }
  return m.map((row, k) => (row[m.length] as number) / (row[k] as number));
};

/** Smallest residual norm over the least-squares solutions of every subset of columns that are not negative. */
const bruteForce = ({ rows, cols, data }: Mat, target: Float64Array): number => {
  const column = (j: number): number[] => Array.from({ length: rows }, (_, i) => data[i * cols + j] as number);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((s, v, i) => s + v * (b[i] as number), 0);
  let best = dot(target, target);
  for (let subset = 1; subset < 1 << cols; subset++) {
    const chosen = Array.from({ length: cols }, (_, j) => j)
      .filter((j) => subset & (1 << j))
      .map(column);
    const z = solve(
      chosen.map((a) => chosen.map((b) => dot(a, b))),
      chosen.map((a) => dot(a, target)),
    );
    if (z === undefined || z.some((value) => value < 0)) continue;
    const residual = Array.from(
      target,
      (t, i) => t - chosen.reduce((s, a, k) => s + (a[i] as number) * (z[k] as number), 0),
    );
    best = Math.min(best, dot(residual, residual));
  }
  return Math.sqrt(best);
};

const problem = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), cols: fc.integer({ min: 1, max: 6 }) })
  .chain(({ rows, cols }) =>
    fc.record({
      matrix: fc
        .array(fc.integer({ min: -5, max: 5 }), { minLength: rows * cols, maxLength: rows * cols })
        .map((data) => mat(rows, cols, data)),
      target: fc
        .array(fc.integer({ min: -5, max: 5 }), { minLength: rows, maxLength: rows })
        .map((values) => Float64Array.from(values)),
    }),
  );

describe("nonNegativeLeastSquares", () => {
  it("is as good as the best of all subsets of columns, dependent columns included, and certifies it", () => {
    fc.assert(
      fc.property(problem, ({ matrix, target }) => {
        const { x, residual, residualNorm, dual, kktViolation, converged } = nonNegativeLeastSquares(matrix, target);
        expect(converged).toBe(true);
        expect(residualNorm).toBeCloseTo(bruteForce(matrix, target), 8);
        expect(kktViolation).toBeLessThan(1e-11);
        for (let j = 0; j < matrix.cols; j++) {
          expect(x[j]).toBeGreaterThanOrEqual(0);
          const w = residual.reduce((s, r, i) => s + r * (matrix.data[i * matrix.cols + j] as number), 0);
          expect(dual[j]).toBeCloseTo(w, 10);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("projects onto an orthant", () => {
    const { x, residual, residualNorm } = nonNegativeLeastSquares(mat(2, 2, [1, 0, 0, 1]), Float64Array.of(3, -4));
    expect(x).toEqual(Float64Array.of(3, 0));
    expect(residual).toEqual(Float64Array.of(0, -4));
    expect(residualNorm).toBe(4);
  });

  it("finds every direction of a regular pentagon inside the cone of the others", () => {
    const angles = [0, 1, 2, 3, 4].map((k) => (2 * Math.PI * k) / 5);
    for (let own = 0; own < 5; own++) {
      const others = angles.filter((_, k) => k !== own);
      const matrix = mat(2, 4, [...others.map(Math.cos), ...others.map(Math.sin)]);
      const target = Float64Array.of(Math.cos(angles[own] as number), Math.sin(angles[own] as number));
      expect(nonNegativeLeastSquares(matrix, target).residualNorm).toBeLessThan(1e-9);
    }
  });

  it("keeps a tiny residual exact on badly scaled columns", () => {
    const matrix = mat(3, 2, [1e-8, 1, 0, 1, 0, 0]);
    const { x, residualNorm } = nonNegativeLeastSquares(matrix, Float64Array.of(2, 1, 0));
    expect(residualNorm).toBeLessThan(1e-15);
    expect(x[0]).toBeCloseTo(1e8, 4);
    expect(x[1]).toBeCloseTo(1, 12);
  });

  it("says so where the iterations run out", () => {
    const { converged, x } = nonNegativeLeastSquares(mat(2, 2, [1, 0, 0, 1]), Float64Array.of(1, 1), {
      maxIterations: 1,
    });
    expect(converged).toBe(false);
    expect(x.filter((value) => value > 0).length).toBe(1);
  });

  it("answers 0 for a target of zeros and for a matrix without columns", () => {
    expect(nonNegativeLeastSquares(mat(1, 1, [1]), Float64Array.of(0)).x).toEqual(Float64Array.of(0));
    expect(nonNegativeLeastSquares(mat(1, 0, []), Float64Array.of(2))).toMatchObject({
      residualNorm: 2,
      converged: true,
    });
  });

  it("refuses sizes that do not fit and numbers that are not finite", () => {
    expect(() => nonNegativeLeastSquares(mat(2, 2, [1]), Float64Array.of(1, 1))).toThrow(
      /^nonNegativeLeastSquares: matrix must have/,
    );
    expect(() => nonNegativeLeastSquares(mat(1, 1, [1]), Float64Array.of(1, 1))).toThrow(
      /target must have 1 entries, got 2/,
    );
    expect(() => nonNegativeLeastSquares(mat(1, 1, [Number.NaN]), Float64Array.of(1))).toThrow(/matrix must be finite/);
  });
});
