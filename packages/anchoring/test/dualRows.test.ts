import { random } from "@monosema/tensor";
import fc from "fast-check";
import { Matrix, pseudoInverse } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { dualRows } from "../src/index.js";
import { inner, row, unitRows } from "./support/synthetic.js";

describe("dualRows", () => {
  it("of anchors without positive inner products are the anchors", () => {
    const anchors = Float64Array.of(1, 0, 0, 1, -0.6, -0.8);
    [...dualRows(anchors, 3)].forEach((v, j) => {
      expect(v).toBeCloseTo(anchors[j] as number, 12);
    });
  });

  it("of two anchors with inner product .6 are orthogonal to the other one", () => {
    // rho = (1, 0) - .6 (.6, .8) = (.64, -.48), ||rho||^2 = .64: d = (1, -.75). The other one likewise: (0, 1.25).
    [1, -0.75, 0, 1.25].forEach((v, j) => {
      expect(dualRows(Float64Array.of(1, 0, 0.6, 0.8), 2)[j]).toBeCloseTo(v, 12);
    });
  });

  it("have inner product 1 with their anchor, at most 0 with others, and are the shortest such rows (property)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 7 }),
        fc.integer({ min: 7, max: 10 }),
        fc.nat(1000),
        (count, width, seed) => {
          const anchors = unitRows(count, width, seed);
          const duals = dualRows(anchors, count);
          const inverse = Float64Array.from(
            pseudoInverse(Matrix.from1DArray(count, width, [...anchors]))
              .transpose()
              .to1DArray(),
          );
          const stream = random(seed, "cone");
          for (let i = 0; i < count; i++) {
            const own = row(duals, i, width);
            let cone = new Array<number>(count).fill(0);
            for (let j = 0; j < count; j++) {
              const value = inner(own, row(anchors, j, width));
              if (i === j) expect(value).toBeCloseTo(1, 8);
              else expect(value).toBeLessThan(1e-8);
            }
            // With p the rows of the pseudo-inverse, the feasible rows in the span of the anchors are p_i minus a cone of the p_j.
            for (let trial = 0; trial < 5; trial++) {
              const rival = row(inverse, i, width).map((v, d) => {
                const others = cone.map((_, j) =>
                  j === i ? 0 : (cone[j] as number) * (row(inverse, j, width)[d] as number),
                );
                return v - others.reduce((sum, other) => sum + other, 0);
              });
              expect(Math.hypot(...own)).toBeLessThanOrEqual(Math.hypot(...rival) + 1e-9);
              cone = cone.map(() => stream.exponential() * stream.uniform());
            }
          }
        },
      ),
    );
  });

  it("read each of the anchors alone under ReLU: the isolated-feature codes are exact", () => {
    const anchors = unitRows(6, 5, 2);
    const duals = dualRows(anchors, 6);
    const raw = (rows: Float64Array): number[] =>
      Array.from({ length: 36 }, (_, j) => Math.max(0, inner(row(rows, Math.floor(j / 6), 5), row(anchors, j % 6, 5))));
    const identity = Array.from({ length: 36 }, (_, j) => (Math.floor(j / 6) === j % 6 ? 1 : 0));
    const worst = (codes: readonly number[]): number =>
      Math.max(...codes.map((v, j) => Math.abs(v - (identity[j] as number))));
    expect(worst(raw(duals))).toBeLessThan(1e-8);
    expect(worst(raw(anchors))).toBeGreaterThan(0.1);
  });

  it("refuse an anchor in the cone of the others", () => {
    const middle = Math.SQRT1_2;
    expect(() => dualRows(Float64Array.of(1, 0, 0, 1, middle, middle), 3)).toThrow(
      /^dualRows: anchor 2 must not lie in the cone of the other anchors, got a residual of .*; drop it$/,
    );
  });
});
