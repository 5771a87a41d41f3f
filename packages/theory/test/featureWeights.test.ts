import { matFrom } from "@monosema/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { featureWeights, featureWeightsFromSamples } from "../src/loss/featureWeights.js";
import { isolationReport } from "../src/loss/isolationReport.js";

describe("featureWeights", () => {
  it("is p m2 times the probability that the others are off", () => {
    // .1 * 2 * (1 - .2) and .2 * 3 * (1 - .1)
    const { weights, pNone, expectedActive } = featureWeights({ p: [0.1, 0.2], m2: [2, 3] });
    expect(weights[0]).toBeCloseTo(0.16, 14);
    expect(weights[1]).toBeCloseTo(0.54, 14);
    expect(pNone).toBeCloseTo(0.72, 14);
    expect(expectedActive).toBeCloseTo(0.3, 14);
  });

  it("stays finite where a feature is always active, and warns that the others have no weight", () => {
    const { weights, warnings } = featureWeights({ p: [1, 0.5], m2: [2, 2] });
    expect([...weights]).toEqual([1, 0]);
    expect(warnings.join()).toMatch(/1 of 2 features are never active alone \(1\)/);
  });

  it("follows a permutation of the features", () => {
    const moments = fc.array(
      fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), m2: fc.double({ min: 0, max: 9, noNaN: true }) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(moments, (list) => {
        const forward = featureWeights({ p: list.map((one) => one.p), m2: list.map((one) => one.m2) }).weights;
        const turned = [...list].reverse();
        const backward = featureWeights({ p: turned.map((one) => one.p), m2: turned.map((one) => one.m2) }).weights;
        forward.forEach((value, d) => {
          expect(backward[list.length - 1 - d]).toBeCloseTo(value, 12);
        });
      }),
      { seed: 1 },
    );
  });

  it.each([
    [{ p: [0.1, Number.NaN], m2: [1, 1] }, /p must be finite, got NaN at index 1/],
    [{ p: [0.1, 1.5], m2: [1, 1] }, /p must be from 0 to 1, got 1.5 at index 1/],
    [{ p: [0.1], m2: [1, 1] }, /m2 must have 1 entries, got 2/],
    [{ p: [0.1], m2: [-1] }, /m2 must be at least 0, got -1/],
  ])("refuses %j", (input, message) => {
    expect(() => featureWeights(input)).toThrow(message);
  });

  it("warns of moments that no distribution has", () => {
    expect(featureWeights({ p: [0.1], m1: [2], m2: [3] }).warnings.join()).toMatch(/m1\^2 exceeds m2 at feature 0/);
  });
});

describe("featureWeightsFromSamples", () => {
  it("averages the squares of coefficients that are alone in their sample", () => {
    const x = matFrom([
      [2, 0],
      [1, 1],
      [0, 3],
      [0, 0],
    ]);
    const { weights, pNone, expectedActive } = featureWeightsFromSamples(x);
    expect([...weights]).toEqual([1, 9 / 4]);
    expect([pNone, expectedActive]).toEqual([1 / 4, 1]);
  });

  it("refuses a negative coefficient", () => {
    expect(() => featureWeightsFromSamples(matFrom([[1, -1]]))).toThrow(/x must be at least 0, got -1 at index 1/);
  });
});

describe("isolationReport", () => {
  it("measures on samples what it computes from probabilities", () => {
    const x = matFrom([
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 0],
      [1, 0, 0],
    ]);
    const report = isolationReport({ x });
    expect(report).toMatchObject({ expectedActive: 1, extremeSparsity: true, pNone: 0.25, pOne: 0.5 });
    expect(report.isolatedEnergyShare).toBe(0.5);
    // Features 1 and 2 always come together.
    expect(report.coactivationRank).toBe(2);
  });

  it("takes 1000 features of probability .001 for extremely sparse, although their sum exceeds 1 by rounding", () => {
    expect(isolationReport({ n: 1000, p: 0.001 }).extremeSparsity).toBe(true);
    expect(isolationReport({ n: 1000, p: 0.01 }).extremeSparsity).toBe(false);
  });

  it("asks for n where one probability stands for all", () => {
    expect(() => isolationReport({ p: 0.1 })).toThrow(/n must be given/);
  });
});
