import { dot, matFrom, row, zeros } from "@monosema/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix, size, whole } from "../../numerics/test/support/arbitraries.js";
import { isolatedCodes, regionConstraints, type Sigma } from "../src/index.js";

const sigmas: Sigma[] = [
  { kind: "relu" },
  { kind: "relu", bias: Float64Array.of(-1, 0, 2) },
  { kind: "topk", k: 2 },
  { kind: "topk-relu", k: 1 },
  { kind: "topk-relu", k: 2, bias: Float64Array.of(1, 0, -1) },
  { kind: "batchtopk-relu", k: 1 },
  { kind: "jumprelu", theta: 1 },
  { kind: "jumprelu", theta: Float64Array.of(0, 1, 2) },
];
// Whole numbers: products are exact and ties are frequent.
const setting = fc
  .tuple(size(1, 4), size(1, 3))
  .chain(([n, nP]) =>
    fc.record({ featuresP: matrix(n, nP, whole), encoder: matrix(3, nP, whole), other: matrix(3, nP, whole) }),
  );

describe("regionConstraints", () => {
  it.each(sigmas)("under %j holds for an encoder exactly if it has the mask, ties included", (sigma) => {
    fc.assert(
      fc.property(setting, ({ featuresP, encoder, other }) => {
        const { mask } = isolatedCodes({ encoder, featuresP, sigma });
        const { G, h, strict } = regionConstraints({ mask, featuresP, sigma });
        const holds = (data: Float64Array): boolean =>
          strict.every((excluded, at) => {
            const value = dot(row(G, at), data);
            return excluded ? value > (h[at] as number) : value >= (h[at] as number);
          });
        expect(holds(encoder.data)).toBe(true);
        const same = isolatedCodes({ encoder: other, featuresP, sigma }).mask.data.every(
          (on, at) => on === mask.data[at],
        );
        expect(holds(other.data)).toBe(same);
      }),
      { numRuns: 300 },
    );
  });

  it("has a row per latent and feature, latent-major, with thresholds on the right", () => {
    const featuresP = matFrom([
      [1, 2],
      [3, 4],
    ]);
    const { G, h, strict } = regionConstraints({
      pattern: [[1], []],
      featuresP,
      sigma: { kind: "jumprelu", theta: 0.5 },
    });
    expect(G).toEqual(
      matFrom([
        [-1, -2, 0, 0],
        [3, 4, 0, 0],
        [0, 0, -1, -2],
        [0, 0, -3, -4],
      ]),
    );
    expect([...h]).toEqual([-0.5, 0.5, -0.5, -0.5]);
    expect(strict).toEqual([false, true, false, false]);
  });

  it("refuses masks that cannot occur, features that do not exist and systems that are too large", () => {
    const featuresP = matFrom([[1], [2]]);
    const sigma: Sigma = { kind: "topk-relu", k: 1 };
    expect(() => regionConstraints({ pattern: [[0], [0]], featuresP, sigma })).toThrow(
      /at most 1 latents, got 2 at feature 0/,
    );
    expect(() => regionConstraints({ pattern: [[2]], featuresP, sigma })).toThrow(
      /pattern\[0\] must be a whole number from 0 to 1, got 2/,
    );
    expect(() => regionConstraints({ pattern: [[0, 0]], featuresP, sigma })).toThrow(
      /must list a feature once, got 0 twice/,
    );
    const many = Array.from({ length: 200 }, () => [0]);
    expect(() => regionConstraints({ pattern: many, featuresP: zeros(100, 100), sigma: { kind: "relu" } })).toThrow(
      /G must have at most/,
    );
  });
});
