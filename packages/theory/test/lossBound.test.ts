import { matFrom } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { featureWeights } from "../src/loss/featureWeights.js";
import { lossApproximationBound } from "../src/loss/lossApproximationBound.js";
import { lossByActiveCount } from "../src/loss/lossByActiveCount.js";
import { drawer } from "./support/randomModels.js";

/** x_d = cMin + Exp(beta) for the features of a set (a bit each), 0 for the others. */
const sampled = (seed: number, samples: number, n: number, set: number, cMin: number, beta: number) => {
  const { uniform } = drawer(seed);
  return matFrom(
    Array.from({ length: samples }, () =>
      Array.from({ length: n }, (_, d) => ((set >> d) & 1 ? cMin - beta * Math.log(1 - uniform()) : 0)),
    ),
  );
};

describe("lossApproximationBound", () => {
  it("contains the Monte Carlo loss in 100 settings, and pairTerm + upper3 do too", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { whole, gaussian, choice, uniform } = drawer(seed);
      const [n, nP, nR, nQ] = [whole(2, 4), whole(2, 3), whole(1, 3), whole(1, 5)];
      const p = Array.from({ length: n }, () => choice([0.02, 0.1, 0.3]) * (0.5 + uniform()));
      const [cMin, beta] = [uniform(), 0.2 + uniform()];
      const m1 = p.map(() => cMin + beta);
      const m2 = p.map(() => beta ** 2 + (cMin + beta) ** 2);
      const sigma = choice([{ kind: "relu" } as const, { kind: "topk-relu", k: whole(1, nQ) } as const]);
      const model = {
        encoder: gaussian(nQ, nP),
        decoder: gaussian(nQ, nR),
        featuresP: gaussian(n, nP),
        featuresR: gaussian(n, nR),
        sigma,
      };
      const bound = lossApproximationBound({ ...model, p, m1, m2, cMin, beta });
      const loose = lossApproximationBound({ ...model, p, m1, m2, gamma: "operator" });
      expect(bound.upper).toBeLessThanOrEqual(loose.upper * (1 + 1e-12));
      expect(bound.upper).toBeLessThanOrEqual(bound.corollary * (1 + 1e-12));
      expect(bound.upper3).toBeLessThanOrEqual(bound.upper * (1 + 1e-12));

      // Exact loss of two or more active features: the probability of each set is exact, its mean loss sampled in ten batches.
      const batches = Array.from({ length: 10 }, () => ({ two: 0, more: 0 }));
      for (let set = 0; set < 2 ** n; set++) {
        const size = p.filter((_, d) => (set >> d) & 1).length;
        if (size < 2) continue;
        const probability = p.reduce((product, q, d) => product * ((set >> d) & 1 ? q : 1 - q), 1);
        batches.forEach((batch, at) => {
          const x = sampled(1e4 * seed + 100 * set + at, 60, n, set, cMin, beta);
          const part = probability * lossByActiveCount({ ...model, x }).total;
          batch.more += part;
          if (size === 2) batch.two += part;
        });
      }
      const estimate = (key: "two" | "more") => {
        const mean = batches.reduce((sum, batch) => sum + batch[key], 0) / 10;
        return { mean, error: Math.sqrt(batches.reduce((sum, batch) => sum + (batch[key] - mean) ** 2, 0) / 90) };
      };
      const gap = estimate("more");
      const two = estimate("two");
      const pairTerm = bound.pairTerm as number;
      expect(gap.mean - 5 * gap.error).toBeLessThanOrEqual(bound.upper);
      expect(gap.mean - 5 * gap.error).toBeLessThanOrEqual(pairTerm + bound.upper3);
      expect(gap.mean + 5 * gap.error).toBeGreaterThanOrEqual(pairTerm);
      // Quadrature at kinks is off by up to a percent here.
      expect(Math.abs(two.mean - pairTerm)).toBeLessThanOrEqual(5 * two.error + 0.01 * pairTerm);
    }
  }, 20_000);

  it("is the loss of one active feature that the approximate loss counts", () => {
    const { gaussian } = drawer(3);
    const model = {
      encoder: gaussian(4, 3),
      decoder: gaussian(4, 2),
      featuresP: gaussian(3, 3),
      featuresR: gaussian(3, 2),
      sigma: { kind: "relu" } as const,
    };
    const x = matFrom([
      [2, 0, 0],
      [0, 0.5, 0],
      [0, 0, 1],
      [0, 0, 0],
    ]);
    const { meanLoss, share, total } = lossByActiveCount({ ...model, x });
    const weights = [4 / 4, 0.25 / 4, 1 / 4];
    expect((meanLoss[1] as number) * (share[1] as number)).toBeCloseTo(
      approximateLoss({ ...model, weights }).total,
      12,
    );
    expect(total).toBeCloseTo((meanLoss[1] as number) * (share[1] as number), 12);
  });

  it("stays finite where a feature is always active", () => {
    const { gaussian } = drawer(4);
    const model = {
      encoder: gaussian(3, 2),
      decoder: gaussian(3, 2),
      featuresP: gaussian(3, 2),
      featuresR: gaussian(3, 2),
      sigma: { kind: "relu" } as const,
    };
    const bound = lossApproximationBound({ ...model, p: [1, 0.5, 0], m1: [1, 1, 1], m2: [2, 2, 2] });
    expect(Number.isFinite(bound.upper) && Number.isFinite(bound.upper3)).toBe(true);
    expect(featureWeights({ p: [1, 0.5, 0], m2: [2, 2, 2] }).weights[0]).toBe(1);
  });

  it("vanishes with two features in its part of three", () => {
    const { gaussian } = drawer(5);
    const model = {
      encoder: gaussian(3, 2),
      decoder: gaussian(3, 2),
      featuresP: gaussian(2, 2),
      featuresR: gaussian(2, 2),
      sigma: { kind: "relu" } as const,
    };
    expect(lossApproximationBound({ ...model, p: [0.3, 0.5], m1: [1, 1], m2: [2, 2] }).upper3).toBe(0);
  });

  it.each([
    [{ sigma: { kind: "jumprelu", theta: 0.1 } as const }, /must be positively homogeneous, got jumprelu/],
    [{ sigma: { kind: "relu", bias: Float64Array.of(1, 0, 0) } as const }, /must be positively homogeneous/],
    [{ cMin: 1 }, /cMin and beta must both be given/],
    [{ p: [0.5, 2] }, /p must be from 0 to 1, got 2 at index 1/],
    [{ m1: [1] }, /m1 must have 2 entries, got 1/],
  ])("refuses %j", (change, message) => {
    const { gaussian } = drawer(6);
    const input = {
      encoder: gaussian(3, 2),
      decoder: gaussian(3, 2),
      featuresP: gaussian(2, 2),
      featuresR: gaussian(2, 2),
      sigma: { kind: "relu" } as const,
      p: [0.3, 0.5],
      m1: [1, 1],
      m2: [2, 2],
    };
    expect(() => lossApproximationBound({ ...input, ...change })).toThrow(message);
  });
});
