import { matFrom } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import {
  type Certificate,
  type FarkasCertificate,
  type RealizationCertificate,
  realizePattern,
  recheck,
  type Sigma,
} from "../src/index.js";

const angles = [0, 1, 2, 3, 4].map((k) => (2 * Math.PI * k) / 5);
const pentagon = matFrom(angles.map((angle) => [Math.cos(angle), Math.sin(angle)]));
const proofOf = (pattern: number[][], sigma: Sigma): Certificate =>
  realizePattern({ featuresP: pentagon, pattern, sigma }).certificate as Certificate;

describe("recheck", () => {
  const relu: Sigma = { kind: "relu" };
  const realization = proofOf([[0, 1]], relu) as RealizationCertificate;
  const farkas = proofOf([[1]], relu) as FarkasCertificate;

  it.each<[string, Certificate]>([
    ["an encoder that misses a feature", { ...realization, pattern: [[0, 1, 2]] }],
    ["an encoder that has one feature too many", { ...realization, pattern: [[0]] }],
    ["an encoder of another size", { ...realization, pattern: [[0, 1], []] }],
    ["an encoder below its threshold", { ...realization, sigma: { kind: "jumprelu", theta: 9 } }],
    ["multipliers that do not balance", { ...farkas, mu: farkas.mu.slice(1) }],
    ["a negative multiplier", { ...farkas, mu: farkas.mu.map((one) => ({ ...one, value: -one.value })) }],
    ["multipliers of 0", { ...farkas, lambda: farkas.lambda.map((one) => ({ ...one, value: 0 })), mu: [] }],
    ["multipliers of the wrong side", { ...farkas, pattern: [[0, 1, 2]] }],
    ["multipliers of another activation", { ...farkas, sigma: { kind: "jumprelu", theta: 1 } }],
    [
      "a count that fits",
      { kind: "selection-size", pattern: [[0], [0]], features: 1, sigma: { kind: "topk-relu", k: 2 } },
    ],
    ["a count where nothing is selected", { kind: "selection-size", pattern: [[0]], features: 1, sigma: relu }],
  ])("refuses %s", (_, certificate) => {
    expect(recheck(certificate).holds).toBe(false);
  });

  it("says what it compared", () => {
    expect(recheck(realization)).toMatchObject({ holds: true, residual: 0 });
    expect(recheck(realization).detail).toMatch(/^selected values clear their threshold by/);
    expect(recheck(farkas).residual).toBeLessThan(1e-12);
  });

  it("accepts a threshold only with multipliers that respect it", () => {
    // Under theta > 0 the origin counts as off: (1, 0) lies between (2, 0) and 0, so {(1, 0)} without (2, 0) cannot be.
    const featuresP = matFrom([
      [1, 0],
      [2, 0],
    ]);
    const sigma: Sigma = { kind: "jumprelu", theta: 1 };
    const found = realizePattern({ featuresP, pattern: [[0]], sigma });
    expect(found.realizable).toBe(false);
    expect(recheck(found.certificate as Certificate).holds).toBe(true);
    expect(realizePattern({ featuresP, pattern: [[1]], sigma }).realizable).toBe(true);
  });

  it("refuses an unknown kind", () => {
    expect(() => recheck({ kind: "hope" } as unknown as Certificate)).toThrow(/^recheck: certificate.kind must be/);
  });
});
