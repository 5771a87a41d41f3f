import { describe, expect, it } from "vitest";
import { eigenvalueRange } from "../src/features/eigenvalueRange.js";
import { generateFeatures, interference, projectFeatures } from "../src/index.js";

const rowNorm = (features: Float64Array, width: number, row: number): number =>
  Math.hypot(...features.subarray(row * width, (row + 1) * width));

describe("interference", () => {
  // Sizes above one tile of the Gram matrix and odd, so that every edge of the blocking is met.
  it("gives the loss of the definition and its gradient by finite differences", () => {
    const [n, nP] = [101, 7];
    const { features } = generateFeatures({ n, nP, seed: 5, maxInterference: 0.999 });
    const options = { maxInterference: 0.3, epsilon: 0.01, regularization: 0.05 };
    const loss = (x: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          if (i === j) continue;
          let g = 0;
          for (let k = 0; k < nP; k++) g += (x[i * nP + k] as number) * (x[j * nP + k] as number);
          sum += Math.max(g - 0.29, 0) ** 2 + 0.05 * Math.max(g, 0) ** 2;
        }
      }
      return sum;
    };
    const got = interference(features, n, nP, options);
    expect(got.loss).toBeCloseTo(loss(features), 8);
    for (const at of [0, 6, 47 * nP, 48 * nP + 3, 96 * nP + 1, n * nP - 1]) {
      const step = 1e-5;
      const [up, down] = [step, -step].map((h) => loss(features.map((v, k) => (k === at ? v + h : v)))) as [
        number,
        number,
      ];
      expect(got.gradient[at]).toBeCloseTo((up - down) / (2 * step), 4);
    }
  });

  it("reports signed extremes and rms of the pairs", () => {
    const { max, min, rms } = interference(Float64Array.of(1, 0, 0.6, 0.8, -1, 0), 3, 2, {
      maxInterference: 1,
      epsilon: 0,
      regularization: 0,
    });
    expect([max, min]).toEqual([0.6, -1]);
    expect(rms).toBeCloseTo(Math.sqrt((0.36 + 1 + 0.36) / 3), 12);
  });
});

describe("generateFeatures", () => {
  it("satisfies the bound with unit rows, and reports what it achieved", () => {
    const { features, report } = generateFeatures({ n: 250, nP: 192, seed: 1 });
    for (let row = 0; row < 250; row++) expect(rowNorm(features, 192, row)).toBeCloseTo(1, 12);
    const { max, min, rms } = interference(features, 250, 192, {
      maxInterference: 0.1,
      epsilon: 0.01,
      regularization: 0.001,
    });
    expect(max).toBeLessThanOrEqual(0.1);
    expect(report).toMatchObject({
      maxInterference: max,
      minInterference: min,
      rmsInterference: rms,
      restarts: 0,
      stepSize: 0.05,
    });
    expect(report.steps).toBeGreaterThan(0);
    // Independent of ours: mean eigenvalue n / nP = 1.30; Marchenko-Pastur edges .02 and 4.6, moved a little by the descent.
    expect(report.eigenvalues.smallest).toBeGreaterThan(0.01);
    expect(report.eigenvalues.smallest).toBeLessThan(0.05);
    expect(report.eigenvalues.largest).toBeGreaterThan(3);
    expect(report.eigenvalues.largest).toBeLessThan(4.8);
  });

  it("takes no step where random directions satisfy the bound, and returns them unchanged", () => {
    const wide = generateFeatures({ n: 60, nP: 400, seed: 2, maxInterference: 0.5 });
    const wider = generateFeatures({ n: 60, nP: 400, seed: 2, maxInterference: 0.6 });
    expect(wide.report.steps).toBe(0);
    expect(wide.features).toEqual(wider.features);
  });

  it("detects the collapse of all rows into one and restarts with half the step", () => {
    const { report } = generateFeatures({ n: 250, nP: 192, seed: 1, maxInterference: 0.05, stepSize: 0.5 });
    expect(report.restarts).toBeGreaterThan(0);
    expect(report.stepSize).toBe(0.5 / 2 ** report.restarts);
    expect(report.maxInterference).toBeLessThanOrEqual(0.05);
  });

  it("gives up with an error that names the steps tried", () => {
    expect(() => generateFeatures({ n: 8, nP: 2, seed: 1, maxInterference: 0.1, stepSize: 1e-6 })).toThrow(
      /^projectFeatures: 8 features in 2 dimensions must reach maxInterference 0.1, got no convergence/,
    );
  });

  it("gives the same bits everywhere, and other ones for another matrix or seed", () => {
    const first = generateFeatures({ n: 20, nP: 12, seed: 3 });
    expect(generateFeatures({ n: 20, nP: 12, seed: 3 }).features).toEqual(first.features);
    expect(generateFeatures({ n: 20, nP: 12, seed: 3, matrix: 1 }).features).not.toEqual(first.features);
    expect(generateFeatures({ n: 20, nP: 12, seed: 4 }).features).not.toEqual(first.features);
    // Pinned at the first release.
    expect([...first.features.subarray(0, 3)]).toEqual([
      0.43405915065186096, -0.07607397589998217, 0.38077453338253414,
    ]);
  });

  it.each([
    [{ n: 4, nP: 3, maxInterference: -0.34 }, /must be at least -0.33/],
    [{ n: 5, nP: 3, maxInterference: -0.01 }, /must be at least 0, got -0.01/],
    [{ n: 5, nP: 3, maxInterference: 1 }, /must be below 1/],
    [{ n: 0, nP: 3 }, /n must be a positive integer/],
    [{ n: 5, nP: 3, stepSize: 0 }, /stepSize must be positive/],
    [{ n: 5, nP: 3, epsilon: -1 }, /epsilon must not be negative/],
  ])("refuses %j", (options, message) => {
    expect(() => generateFeatures({ seed: 0, ...options })).toThrow(message);
  });

  it("reaches the simplex bound up to a little", () => {
    const { report } = generateFeatures({ n: 4, nP: 3, seed: 1, maxInterference: -0.3, regularization: 0 });
    expect(report.maxInterference).toBeLessThanOrEqual(-0.3);
  });

  it("leaves the start as it is", () => {
    const start = Float64Array.of(2, 0, 0, 3);
    expect(projectFeatures(start, { n: 2, nP: 2 }).features).toEqual(Float64Array.of(1, 0, 0, 1));
    expect(start).toEqual(Float64Array.of(2, 0, 0, 3));
  });
});

describe("eigenvalueRange", () => {
  it("finds the extremes of known spectra", () => {
    const diagonal = (values: number[]): Float64Array =>
      Float64Array.from({ length: values.length ** 2 }, (_, at) => {
        const row = Math.floor(at / values.length);
        return row === at % values.length ? (values[row] as number) : 0;
      });
    const { smallest, largest } = eigenvalueRange(diagonal([1, 2, 3, 0.5]), 4, 4);
    expect(smallest).toBeCloseTo(0.25, 9);
    expect(largest).toBeCloseTo(9, 9);
    // Eigenvalues of [[2, 1], [1, 3]]: (5 +- sqrt 5) / 2.
    const gram = eigenvalueRange(Float64Array.of(1, 1, 1, 0, 0, 1, 0, 1), 4, 2);
    expect(gram.smallest).toBeCloseTo((5 - Math.sqrt(5)) / 2, 9);
    expect(gram.largest).toBeCloseTo((5 + Math.sqrt(5)) / 2, 9);
    expect(eigenvalueRange(Float64Array.of(1, 0, 0), 1, 3)).toMatchObject({ smallest: 0 });
  });
});
