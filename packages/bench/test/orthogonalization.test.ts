import { describe, expect, it } from "vitest";
import { generateFeatures, interference, synthSaeBench16k } from "../src/index.js";

const [n, nP] = [90, 22];
const off = { maxInterference: 1, epsilon: 0, regularization: 0 };

/** Adam on sum_{i != j} <w_i, w_j>^2 + n sum (|w_i|^2 - 1)^2 from unit rows, then unit rows: SAELens' orthogonalisation. */
function byAdam(start: Float64Array, steps: number, lr: number): Float64Array {
  const w = Float64Array.from(start);
  const [m, v] = [new Float64Array(w.length), new Float64Array(w.length)];
  for (let t = 1; t <= steps; t++) {
    const gradient = new Float64Array(w.length);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let g = 0;
        for (let k = 0; k < nP; k++) g += (w[i * nP + k] as number) * (w[j * nP + k] as number);
        const factor = i === j ? 4 * n * (g - 1) : 4 * g;
        for (let k = 0; k < nP; k++) {
          gradient[i * nP + k] = (gradient[i * nP + k] as number) + factor * (w[j * nP + k] as number);
        }
      }
    }
    gradient.forEach((g, at) => {
      m[at] = 0.9 * (m[at] as number) + 0.1 * g;
      v[at] = 0.999 * (v[at] as number) + 0.001 * g * g;
      const step = (m[at] as number) / (1 - 0.9 ** t) / (Math.sqrt((v[at] as number) / (1 - 0.999 ** t)) + 1e-8);
      w[at] = (w[at] as number) - lr * step;
    });
  }
  return w.map((value, at) => {
    const row = at - (at % nP);
    return value / Math.hypot(...w.subarray(row, row + nP));
  });
}

describe("orthogonalization", () => {
  const made = generateFeatures({ n, nP, seed: 1, orthogonalization: { steps: 12 } });

  it("gives unit rows with the least squared interference that unit rows can have (Welch 1974)", () => {
    for (let row = 0; row < n; row++)
      expect(Math.hypot(...made.features.subarray(row * nP, row * nP + nP))).toBeCloseTo(1, 12);
    expect(made.report.rmsInterference).toBeCloseTo(Math.sqrt((n - nP) / (nP * (n - 1))), 6);
    expect(made.report.eigenvalues.smallest).toBeCloseTo(n / nP, 3);
    expect(made.report.eigenvalues.largest).toBeCloseTo(n / nP, 3);
  });

  it("reports the products of its rows", () => {
    const { max, min, rms } = interference(made.features, n, nP, off);
    expect(made.report.maxInterference).toBeCloseTo(max, 6);
    expect(made.report.minInterference).toBeCloseTo(min, 6);
    expect(made.report.rmsInterference).toBeCloseTo(rms, 6);
    expect(made.report.steps).toBe(12);
  });

  it("stays near the random directions, nearer than Adam on SAELens' loss, and ends where that does", () => {
    const start = generateFeatures({ n, nP, seed: 1, orthogonalization: { steps: 0 } }).features;
    const adam = byAdam(start, 200, 0.003);
    const nearness = (a: Float64Array): number =>
      a.reduce((sum, value, at) => sum + value * (start[at] as number), 0) / n;
    expect(nearness(made.features)).toBeGreaterThan(nearness(adam));
    expect(nearness(made.features)).toBeGreaterThan(0.95);
    expect(interference(adam, n, nP, off).rms / made.report.rmsInterference).toBeCloseTo(1, 3);
    expect(interference(start, n, nP, off).rms / made.report.rmsInterference).toBeGreaterThan(1.01);
  });

  it("gives the same bits everywhere, and other ones for another matrix (pinned at the first release)", () => {
    const again = generateFeatures({ n, nP, seed: 1, orthogonalization: { steps: 12 } });
    expect(again.features).toEqual(made.features);
    expect(generateFeatures({ n, nP, seed: 1, matrix: 1, orthogonalization: {} }).features).not.toEqual(made.features);
    expect([...made.features.subarray(0, 3)]).toEqual([-0.09257955901481973, 0.013500797945969064, 0.1965977270709361]);
  });

  it.each([
    [
      { n, nP, seed: 1, orthogonalization: {}, maxInterference: 0.1 },
      /bounds no inner product, got maxInterference 0.1/,
    ],
    [{ n: 5, nP: 6, seed: 1, orthogonalization: {} }, /n must be an integer of at least nP = 6, got 5/],
    [{ n, nP: 0, seed: 1, orthogonalization: {} }, /nP must be a positive integer/],
    [{ n, nP, seed: 1, orthogonalization: { steps: -1 } }, /steps must not be negative/],
  ])("refuses %j", (options, message) => {
    expect(() => generateFeatures(options)).toThrow(message);
  });
});

describe("synthSaeBench16k", () => {
  it("has the published seed unless another is given", () => {
    expect(synthSaeBench16k()).toMatchObject({ n: 16_384, nP: 768, seed: 42, biasNorm: 0.5, orthogonalization: {} });
    expect(synthSaeBench16k({ seed: 3, samples: 10 })).toMatchObject({ seed: 3, samples: 10 });
  });
});
