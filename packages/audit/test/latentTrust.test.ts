import { matFrom } from "@monosema/numerics";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type Calibration, contributions, latentTrust, probability, trustSample } from "../src/index.js";

const backend = referenceBackend();
const line = { knots: [0, 1, 3], values: [-1, 0, 4] };

describe("an additive model", () => {
  const model = {
    intercept: 0.5,
    statistics: { a: line, b: line },
    context: { c: { knots: [0, 1], values: [-2, 2] } },
  };

  it("adds functions that are linear between knots and constant outside", () => {
    const odds = (a: number, b: number, c: number): number => {
      const p = probability(model, { a, b }, { c });
      return Math.log(p / (1 - p));
    };
    expect(odds(1, 1, 0.5)).toBeCloseTo(0.5, 10);
    expect(odds(0.25, 2, 0.5)).toBeCloseTo(0.5 - 0.75 + 2, 10);
    expect(odds(-9, 9, 1)).toBeCloseTo(0.5 - 1 + 4 + 2, 10);
  });

  it("adds nothing for a number that is not defined", () => {
    expect(contributions(model, { a: Number.NaN }, {})).toEqual({ a: 0, b: 0, c: 0 });
  });
});

describe("latentTrust", () => {
  const stream = random(1, "trust");
  const [Q, R, N] = [4, 3, 200];
  const decoder = matFrom(Array.from({ length: Q }, () => Float64Array.from({ length: R }, stream.normal)));
  // Latent 0 fires in every second sample, 1 in every tenth, 2 in seven samples, 3 never.
  const fires = (row: number): number[] => [
    ...(row % 2 === 0 ? [0] : []),
    ...(row % 10 === 1 ? [1] : []),
    ...(row < 7 ? [2] : []),
  ];
  const rows = Array.from({ length: N }, (_, row) => fires(row));
  const offsets = new Int32Array(N + 1);
  rows.forEach((own, row) => {
    offsets[row + 1] = (offsets[row] as number) + own.length;
  });
  const latents = Int32Array.from(rows.flat());
  const codes = { offsets, latents, values: Float64Array.from(latents, () => 1 + stream.uniform()) };
  const targets = Float32Array.from({ length: N * R }, stream.normal);
  const by = (statistics: Calibration["real"]["alone"]["model"]["statistics"]): Calibration => {
    const score = (intercept: number) => ({
      model: { intercept, statistics, context: {} },
      reliability: [],
      error: 0,
      auc: 1,
    });
    const both = (intercept: number) => ({ alone: score(intercept), replicated: score(intercept + 1) });
    const pair = (intercept: number) => ({ ...both(intercept), acrossSpaces: both(intercept - 3) });
    const ranges = { rate: [Math.log(0.2), 0] as const };
    return { made: { settings: 1, latents: 1, seed: 0 }, real: pair(0), atomic: pair(-1), ranges };
  };
  const rate = { rate: { knots: [Math.log(0.1), Math.log(0.5)], values: [-2, 2] } };
  const sample = () => trustSample(backend, { encoder: decoder, decoder, targets, codes });

  it("scores latents that fire often enough, by the calibration", async () => {
    const { real, atomic, unscored, context } = latentTrust(await sample(), undefined, by(rate));
    const logistic = (odds: number): number => 1 / (1 + Math.exp(-odds));
    expect(Array.from(real.slice(0, 2))).toEqual([expect.closeTo(logistic(2), 10), expect.closeTo(logistic(-2), 10)]);
    expect(atomic[0]).toBeCloseTo(logistic(1), 10);
    expect(Array.from(unscored)).toEqual([0, 0, 1, 1]);
    expect(real[2]).toBeNaN();
    expect(context.dead).toBe(0.25);
    expect(context.l0).toBeCloseTo(latents.length / N, 12);
  });

  it("takes the other model where there are replicas", async () => {
    const half = { least: new Float64Array(Q).fill(0.5), mean: new Float64Array(Q).fill(0.6) };
    const { real, replicas, statistics } = latentTrust(
      await sample(),
      { replicas: 2, cosine: half, codes: half },
      by(rate),
    );
    expect(real[0]).toBeCloseTo(1 / (1 + Math.exp(-3)), 10);
    expect(replicas).toBe(2);
    expect(statistics.replicaCosineLeast?.[0]).toBe(0.5);
  });

  it("takes the models that do not compare encoder and decoder where those lie in different spaces", async () => {
    const other = await trustSample(backend, { encoder: decoder, decoder, sameSpace: false, targets, codes });
    expect(latentTrust(other, undefined, by(rate)).real[0]).toBeCloseTo(1 / (1 + Math.exp(1)), 10);
    expect(latentTrust(other, undefined, by(rate)).statistics.gain?.[0]).toBeNaN();
  });

  it("says how many numbers lie where those of the calibration do not", async () => {
    const { outside, outsideBy } = latentTrust(await sample(), undefined, by(rate));
    expect(outside).toBe(0.5);
    expect(outsideBy).toEqual([{ statistic: "rate", share: 0.5 }]);
  });
});
