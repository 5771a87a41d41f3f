import { dot, type Mat, matFrom, norm, row, takeRows } from "@monosema/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix, real, size, whole } from "../../numerics/test/support/arbitraries.js";
import { type Certificate, conicIndependence, realizePattern, recheck, wendelProbability } from "../src/index.js";
import { seededRandom } from "../src/seededRandom.js";
import { lp } from "./support/highs.js";

const features = (entry: fc.Arbitrary<number>): fc.Arbitrary<Mat> =>
  fc.tuple(size(1, 9), size(1, 4)).chain(([n, nP]) => matrix(n, nP, entry));
const gaussian = (rows: number, cols: number, seed: number): Mat => {
  const { normal } = seededRandom(seed);
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, normal) };
};

describe("conicIndependence", () => {
  it.each([
    ["real", real],
    ["degenerate", whole],
  ])("agrees with the linear program of the singleton pattern, and proves it: %s features", (_, entry) => {
    fc.assert(
      fc.property(features(entry), (featuresP) => {
        const { perFeature, warnings } = conicIndependence({ featuresP });
        // Closer to the cone than that both answers are right: the program measures its margin along the axes.
        fc.pre(perFeature.every(({ distance }) => distance < 1e-12 || distance > 1e-6));
        for (const { feature, independent, undecided, certificate } of perFeature) {
          expect(undecided).toBe(false);
          const sigma = { kind: "relu" } as const;
          const singleton = realizePattern({ featuresP, pattern: [[feature]], sigma, method: "lp", lp });
          expect(independent).toBe(singleton.realizable);
          expect(recheck(certificate as Certificate).holds).toBe(true);
        }
        const zero = perFeature.some(({ feature }) => norm(row(featuresP, feature)) === 0);
        expect(warnings.length).toBe(zero ? 1 : 0);
      }),
      { numRuns: 150 },
    );
  });

  it("gives the row of the largest cosine, or coefficients of the others", () => {
    fc.assert(
      fc.property(features(real), (featuresP) => {
        for (const { feature, distance, encoderRow, mu } of conicIndependence({ featuresP }).perFeature) {
          const own = row(featuresP, feature);
          if (encoderRow !== null) {
            expect(dot(encoderRow, own)).toBeCloseTo(1, 9);
            expect(1 / (norm(encoderRow) * norm(own))).toBeCloseTo(distance, 9);
            for (let j = 0; j < featuresP.rows; j++) {
              if (j !== feature) expect(dot(encoderRow, row(featuresP, j))).toBeLessThan(1e-8 * norm(encoderRow));
            }
          } else if (mu !== null) {
            expect(mu.every((value) => value >= 0)).toBe(true);
            expect(mu[feature]).toBe(0);
            for (let k = 0; k < own.length; k++) {
              const combined = mu.reduce((sum, value, j) => sum + value * (row(featuresP, j)[k] as number), 0);
              expect(combined).toBeCloseTo(own[k] as number, 8);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("does not change when features are permuted and scaled", () => {
    const problem = features(real).chain((featuresP) =>
      fc.record({
        featuresP: fc.constant(featuresP),
        order: fc.shuffledSubarray(
          Array.from({ length: featuresP.rows }, (_, d) => d),
          {
            minLength: featuresP.rows,
            maxLength: featuresP.rows,
          },
        ),
        scales: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 9, maxLength: 9 }),
      }),
    );
    fc.assert(
      fc.property(problem, ({ featuresP, order, scales }) => {
        const scaled: Mat = {
          ...featuresP,
          data: featuresP.data.map((value, at) => value * (scales[Math.floor(at / featuresP.cols)] as number)),
        };
        const before = conicIndependence({ featuresP });
        const after = conicIndependence({ featuresP: takeRows(scaled, order) });
        expect(after.positivelySpanning).toBe(before.positivelySpanning);
        order.forEach((d, at) => {
          expect(after.perFeature[at]?.independent).toBe(before.perFeature[d]?.independent);
          expect(after.perFeature[at]?.distance).toBeCloseTo(before.perFeature[d]?.distance as number, 9);
        });
      }),
      { numRuns: 100 },
    );
  });

  it("tells when the cone of all features is the whole space: no direction is positive on none of them", () => {
    const spanning = (rows: number[][]): boolean => conicIndependence({ featuresP: matFrom(rows) }).positivelySpanning;
    expect(
      spanning([
        [1, 0],
        [0, 1],
        [-1, -1],
      ]),
    ).toBe(true);
    expect(
      spanning([
        [1, 0],
        [0, 1],
        [-1, 0],
      ]),
    ).toBe(false); // a half-plane
    expect(
      spanning([
        [1, 0],
        [-1, 0],
        [2, 0],
      ]),
    ).toBe(false); // a line
    expect(spanning([[1], [-1]])).toBe(true);
    expect(
      spanning([
        [1, 1],
        [1, 2],
        [2, 1],
        [1, 3],
      ]),
    ).toBe(false);
  });

  it("calls a feature between two others dependent, whatever the angle between them, at 40 dimensions too", () => {
    const featuresP = gaussian(30, 40, 3);
    const mixed = matFrom([
      ...Array.from({ length: 30 }, (_, d) => row(featuresP, d)),
      row(featuresP, 4).map((value, k) => value + 2 * (row(featuresP, 9)[k] as number)),
    ]);
    const { perFeature } = conicIndependence({ featuresP: mixed });
    expect(perFeature.filter(({ independent }) => !independent).map(({ feature }) => feature)).toEqual([30]);
    expect(perFeature[30]?.mu?.[4]).toBeCloseTo(1, 9);
    expect(perFeature[30]?.mu?.[9]).toBeCloseTo(2, 9);
  });

  it("tests the features asked for, and refuses others", () => {
    const featuresP = gaussian(6, 3, 1);
    const all = conicIndependence({ featuresP }).perFeature;
    expect(conicIndependence({ featuresP, features: [4, 1] }).perFeature).toEqual([all[4], all[1]]);
    expect(() => conicIndependence({ featuresP, features: [6] })).toThrow(
      /features must be a whole number from 0 to 5, got 6/,
    );
  });
});

describe("wendelProbability", () => {
  it("is the share of conically independent features among random ones", () => {
    let independent = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const { perFeature } = conicIndependence({ featuresP: gaussian(8, 3, seed), features: [0] });
      if (perFeature[0]?.independent) independent++;
    }
    // Standard error at p = .2266: .03.
    expect(Math.abs(independent / 200 - wendelProbability(8, 3))).toBeLessThan(0.1);
  });

  it("is 1/2 at twice the dimension, 1 up to the dimension, and never leaves [0, 1]", () => {
    for (const nP of [1, 2, 7, 50, 768]) expect(wendelProbability(2 * nP, nP)).toBeCloseTo(0.5, 10);
    expect(wendelProbability(5, 5)).toBe(1);
    expect(wendelProbability(3, 1)).toBeCloseTo(0.25, 14);
    expect(wendelProbability(1000, 768)).toBe(1);
    expect(wendelProbability(16000, 768)).toBeGreaterThanOrEqual(0);
    expect(() => wendelProbability(0, 1)).toThrow(/n must be a whole number of at least 1, got 0/);
  });
});
