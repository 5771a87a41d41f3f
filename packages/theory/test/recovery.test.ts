import { dot, type Mat, matFrom, multiply, norm, rank, row, zeros } from "@monosema/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix, real, size } from "../../numerics/test/support/arbitraries.js";
import {
  absorptionPath,
  absorptionSplit,
  approximateLoss,
  type Certificate,
  isolatedCodes,
  recheck,
  recoveryConstruction,
  type Sigma,
  tiedInterference,
} from "../src/index.js";
import { seededRandom } from "../src/seededRandom.js";
import { pattern } from "./support/arbitraries.js";

const relu: Sigma = { kind: "relu" };
const gaussian = (rows: number, cols: number, seed: number): Mat => {
  const { normal } = seededRandom(seed);
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, normal) };
};
const ones = (n: number): number[] => new Array<number>(n).fill(1);

describe("recoveryConstruction", () => {
  it("reconstructs every non-negative mixture exactly where the features are independent", () => {
    const featuresP = gaussian(4, 6, 1);
    const featuresR = gaussian(4, 3, 2);
    const found = recoveryConstruction({ featuresP, featuresR, nQ: 5, sigma: relu });
    expect(found).toMatchObject({ method: "pinv", exactLossZero: true });
    const { uniform } = seededRandom(3);
    const x: Mat = { rows: 50, cols: 4, data: Float64Array.from({ length: 200 }, () => Math.max(0, uniform() - 0.4)) };
    const { codes } = isolatedCodes({ encoder: found.encoder, featuresP: multiply(x, featuresP), sigma: relu });
    const output = multiply(codes, found.decoder);
    multiply(x, featuresR).data.forEach((value, at) => {
      expect(output.data[at]).toBeCloseTo(value, 10);
    });
  });

  it("fires on one feature each with more features than dimensions, as the tied solution does not", () => {
    const featuresP = gaussian(9, 7, 4);
    const input = { featuresP, featuresR: featuresP, nQ: 9, sigma: relu };
    const found = recoveryConstruction(input);
    expect(found.method).toBe("conic");
    expect(found.loss).toBeLessThan(1e-20);
    expect(found.exactLossZero).toBe(false);
    expect(recoveryConstruction({ ...input, method: "tied" }).loss).toBeGreaterThan(0.1);
    expect(() => recoveryConstruction({ ...input, method: "pinv" })).toThrow(
      /needs independent features, got rank 7 of 9/,
    );
  });

  it("takes the tied solution for Top-1, exact for distinct directions of any length", () => {
    const featuresP = matFrom([
      [2, 0],
      [1, 1],
      [-1, 0.1],
    ]);
    const sigma: Sigma = { kind: "topk-relu", k: 1 };
    const found = recoveryConstruction({ featuresP, featuresR: featuresP, nQ: 3, sigma });
    expect(found.method).toBe("tied");
    expect(found.loss).toBeLessThan(1e-20);
    // The unscaled rows merge (2, 0) and (1, 1): paper Theorem 3.3 needs unit features.
    const plain = { encoder: featuresP, decoder: featuresP, featuresP, featuresR: featuresP, weights: ones(3), sigma };
    expect(approximateLoss(plain).total).toBeGreaterThan(1);
  });

  it("falls back to the tied solution and says why on a pentagon, and refuses too few latents", () => {
    const angles = [0, 1, 2, 3, 4].map((k) => (2 * Math.PI * k) / 5);
    const featuresP = matFrom(angles.map((angle) => [Math.cos(angle), Math.sin(angle)]));
    const input = { featuresP, featuresR: featuresP, nQ: 5, sigma: relu };
    const found = recoveryConstruction({ ...input, method: "conic" });
    expect(found.method).toBe("tied");
    expect(found.warnings[0]).toMatch(/^features 0, 1, 2, 3, 4 are not conically independent/);
    expect(() => recoveryConstruction({ ...input, nQ: 4 })).toThrow(
      /nQ must be at least the number of features 5, got 4/,
    );
  });

  it("counts exactness under the selections that allow it", () => {
    const featuresP = gaussian(3, 3, 5);
    const input = { featuresP, featuresR: featuresP, nQ: 4, method: "pinv" } as const;
    const exact = (sigma: Sigma): boolean => recoveryConstruction({ ...input, sigma }).exactLossZero;
    expect(exact({ kind: "topk", k: 3 })).toBe(true);
    expect(exact({ kind: "topk-relu", k: 2 })).toBe(false);
    expect(exact({ kind: "jumprelu", theta: 0.5 })).toBe(false);
  });
});

describe("tiedInterference", () => {
  it("is the approximate loss of the tied ReLU solution, and for unit features that of the interference alone", () => {
    const features = fc.tuple(size(1, 6), size(1, 4)).chain(([n, nP]) => fc.tuple(matrix(n, nP), matrix(n, 3)));
    fc.assert(
      fc.property(features, ([raw, featuresR]) => {
        if (Array.from({ length: raw.rows }, (_, d) => norm(row(raw, d))).some((length) => length < 1e-3)) return;
        const featuresP: Mat = {
          ...raw,
          data: raw.data.map((value, at) => value / norm(row(raw, Math.floor(at / raw.cols)))),
        };
        const weights = ones(raw.rows);
        const { perFeature, maxSigned } = tiedInterference({ featuresP, featuresR, weights });
        let largest = raw.rows > 1 ? -2 : 0;
        for (let d = 0; d < raw.rows; d++) {
          const error = new Float64Array(3);
          for (let k = 0; k < raw.rows; k++) {
            if (k === d) continue;
            const product = dot(row(featuresP, k), row(featuresP, d));
            largest = Math.max(largest, product);
            for (let r = 0; r < 3; r++) {
              error[r] = (error[r] as number) + Math.max(0, product) * (row(featuresR, k)[r] as number);
            }
          }
          expect(perFeature[d]).toBeCloseTo(dot(error, error), 10);
        }
        expect(maxSigned).toBeCloseTo(largest, 12);
      }),
    );
  });

  it("warns where the rows are not unit rows", () => {
    const featuresP = matFrom([[2]]);
    expect(tiedInterference({ featuresP, featuresR: featuresP, weights: [1] }).warnings).toHaveLength(2);
    expect(tiedInterference({ featuresP, featuresR: featuresP, weights: [1] }).total).toBe(36); // 2 - 4 * 2
  });
});

describe("absorptionSplit", () => {
  it("always allows both parts for independent features, and proves every answer", () => {
    const setting = fc
      .tuple(size(2, 4), size(0, 2))
      .chain(([n, more]) =>
        fc.record({ featuresP: matrix(n, n + more, real), sets: pattern(2, n), neuron: size(0, 1) }),
      );
    fc.assert(
      fc.property(setting, ({ featuresP, sets, neuron }) => {
        if (!rank(featuresP, 1e-4).certified || rank(featuresP, 1e-4).rank < featuresP.rows) return;
        const { splits } = absorptionSplit({ featuresP, pattern: sets, neuron });
        expect(splits.map(({ feature }) => feature)).toEqual(sets[neuron]);
        for (const { restRealizable, singletonRealizable, certificate } of splits) {
          expect([restRealizable, singletonRealizable]).toEqual([true, true]);
          expect(recheck(certificate.rest as Certificate).holds).toBe(true);
          expect(recheck(certificate.singleton as Certificate).holds).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("tests the whole pattern under top-k, where latents compete", () => {
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    // Top-1 with both latents on feature 1 cannot be: {1} of latent 0 clashes with latent 1.
    const sigma: Sigma = { kind: "topk-relu", k: 1 };
    const { splits } = absorptionSplit({ featuresP, pattern: [[0, 1], [1]], neuron: 0, sigma });
    expect(splits.map((split) => split.restRealizable)).toEqual([false, true]);
    expect(splits.map((split) => split.singletonRealizable)).toEqual([true, false]);
  });
});

describe("absorptionPath", () => {
  const features = gaussian(3, 4, 6);

  it("keeps the exact loss at 0 where the child implies the parent, and not where the child comes alone", () => {
    const { encoder, decoder } = absorptionPath({ featuresP: features, parent: 0, child: 1, kappa: 0.5 });
    const loss = (x: number[][]): number => {
      const inputs = multiply(matFrom(x), features);
      const { codes } = isolatedCodes({ encoder, featuresP: inputs, sigma: relu });
      const output = multiply(codes, decoder);
      return norm(output.data.map((value, at) => value - (inputs.data[at] as number)));
    };
    expect(
      loss([
        [1, 0, 0],
        [1, 2, 0],
        [3, 1, 5],
        [0, 0, 2],
      ]),
    ).toBeLessThan(1e-12);
    expect(loss([[0, 1, 0]])).toBeCloseTo(0.5 * norm(row(features, 0)), 10); // kappa b w_r^P
  });

  it("refuses dependent features, one feature twice and a negative kappa", () => {
    const path = { featuresP: features, parent: 0, child: 1, kappa: 1 };
    expect(() => absorptionPath({ ...path, featuresP: zeros(2, 2) })).toThrow(/independent rows, got rank 0 of 2/);
    expect(() => absorptionPath({ ...path, child: 0 })).toThrow(/parent and child must differ, got 0 twice/);
    expect(() => absorptionPath({ ...path, kappa: -1 })).toThrow(/kappa must be finite and not negative, got -1/);
  });
});
