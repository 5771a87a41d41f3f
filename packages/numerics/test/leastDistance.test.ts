import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leastSquares } from "../src/decompositions/leastSquares.js";
import { singularValues } from "../src/decompositions/svd.js";
import { matFrom, multiply, transpose } from "../src/index.js";
import { row } from "../src/matrices/mat.js";
import { dot, norm } from "../src/matrices/vector.js";
import { leastDistance } from "../src/nonNegative/leastDistance.js";
import { leastSquaresInequality } from "../src/nonNegative/leastSquaresInequality.js";
import { matrix, size, whole } from "./support/arbitraries.js";

describe("leastDistance", () => {
  it("gives the nearest point, or multipliers under which the constraints contradict", () => {
    const problem = fc
      .tuple(size(1, 6), size(1, 4))
      .chain(([rows, cols]) =>
        fc.tuple(matrix(rows, cols, whole), fc.array(whole, { minLength: rows, maxLength: rows })),
      );
    fc.assert(
      fc.property(problem, ([g, bounds]) => {
        const h = Float64Array.from(bounds);
        const { status, x, multipliers } = leastDistance(g, h);
        const combined = multiply(g, { rows: g.rows, cols: 1, data: multipliers }, { transposeA: true }).data;
        expect(multipliers.every((value) => value >= 0)).toBe(true);
        if (status === "infeasible") {
          expect(norm(combined)).toBeLessThan(1e-8);
          expect(dot(h, multipliers)).toBeCloseTo(1, 8);
        } else {
          expect(status).toBe("solved");
          const slack = Float64Array.from(h, (bound, i) => dot(row(g, i), x) - bound);
          expect(Math.min(...slack)).toBeGreaterThan(-1e-8);
          // x is a non-negative combination of the rows that bind, so no shorter point satisfies them.
          const scale = dot(x, combined) / (dot(combined, combined) || 1);
          expect(norm(x.map((value, k) => value - scale * (combined[k] as number)))).toBeLessThan(1e-8);
          slack.forEach((value, i) => {
            expect(value * (multipliers[i] as number)).toBeLessThan(1e-8);
          });
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("leastSquaresInequality", () => {
  it("projects onto a half-plane and leaves an inner optimum alone", () => {
    const e = matFrom([
      [2, 0],
      [0, 1],
    ]);
    const g = matFrom([[1, 1]]);
    const f = Float64Array.of(2, 1);
    expect(leastSquaresInequality({ e, f, g, h: Float64Array.of(0) }).x[0]).toBeCloseTo(1, 10);
    // Minimise (2x - 2)^2 + (y - 1)^2 with x + y >= 3: 4 (x - 1) = y - 1 = 4/5, so x = 1.2, y = 1.8.
    const bound = leastSquaresInequality({ e, f, g, h: Float64Array.of(3) });
    expect(bound.x[0]).toBeCloseTo(1.2, 10);
    expect(bound.x[1]).toBeCloseTo(1.8, 10);
    expect(bound.residualNorm).toBeCloseTo(Math.sqrt(0.16 + 0.64), 10);
  });

  it("is no worse than any feasible point tried", () => {
    const problem = fc.tuple(
      matrix(4, 3),
      matrix(3, 3),
      matrix(1, 4),
      fc.array(matrix(1, 3), { minLength: 20, maxLength: 20 }),
    );
    fc.assert(
      fc.property(problem, ([e, g, f, points]) => {
        const h = new Float64Array(3);
        const { status, x, residualNorm } = leastSquaresInequality({ e, f: f.data, g, h });
        if (status === "undecided" && (singularValues(e).at(-1) as number) < 1e-3) return;
        expect(status).toBe("solved");
        const feasible = (point: Float64Array): boolean => [0, 1, 2].every((i) => dot(row(g, i), point) >= 0);
        const scale = norm(x) + norm(leastSquares(e, transpose(f)).x.data) + 1e-6;
        const slack = [0, 1, 2].map((i) => dot(row(g, i), x) / (scale * norm(row(g, i)) || 1));
        expect(Math.min(...slack)).toBeGreaterThan(-1e-7);
        for (const { data } of points.filter((point) => feasible(point.data))) {
          const loss = norm(f.data.map((value, i) => value - dot(row(e, i), data)));
          expect(residualNorm).toBeLessThan(loss + 1e-6);
        }
      }),
      { numRuns: 100 },
    );
  });
});
