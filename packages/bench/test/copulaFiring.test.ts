import { random } from "@monosema/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { type CopulaFactor, copulaFactor } from "../src/coefficients/copulaFactor.js";
import { copulaFiring } from "../src/coefficients/copulaFiring.js";
import { normalDistribution } from "../src/coefficients/normalDistribution.js";
import { sampleStream } from "../src/coefficients/sampleStream.js";
import { type CoefficientOptions, coefficientModel, normalQuantile } from "../src/index.js";

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** F_i eta of every feature, by the definition. */
const products = ({ rank, factor }: CopulaFactor, common: readonly number[]): number[] =>
  Array.from({ length: factor.length / rank }, (_, i) =>
    common.reduce((sum, normal, k) => sum + normal * (factor[i * rank + k] as number), 0),
  );

/** P(feature i fires | eta) = Phi((F_i eta - t_i) / own_i), by the definition. */
const conditional = (rates: Float64Array, copula: CopulaFactor, common: readonly number[]): number[] =>
  products(copula, common).map((product, i) =>
    normalDistribution((product + normalQuantile(rates[i] as number)) / (copula.own[i] as number)),
  );

describe.each([
  ["rank 3, strong", { n: 60, seed: 5, correlation: { rank: 3, scale: 0.4 } }],
  ["rank 10, weak", { n: 80, seed: 6, correlation: { rank: 10, scale: 0.1 } }],
  ["rank 25, as in SynthSAEBench", { n: 150, seed: 7, correlation: { rank: 25, scale: 0.1 } }],
  ["rank 1, no correlation", { n: 40, seed: 8, correlation: { rank: 1, scale: 0 } }],
])("firings under a copula of %s", (_, setting) => {
  const options = { ...setting, firing: { kind: "zipfian", exponent: 1, max: 0.9, min: 0.002 } } as const;
  const { n, seed, correlation } = options;
  const copula = copulaFactor(n, correlation, seed);
  const samples = 8_000;
  // Sums over samples of: residual fire - p(eta), its variance, residual times product, its variance; and of pairs of residuals.
  const [sum, variance, tilted, tiltedVariance] = [0, 1, 2, 3].map(() => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const pairs = new Float64Array(n * n);
  const pairVariance = new Float64Array(n * n);
  const l0 = new Float64Array(samples);

  beforeAll(() => {
    const { rates, coefficients } = coefficientModel(options);
    const { offsets, latents } = coefficients(indices(samples));
    for (let sample = 0; sample < samples; sample++) {
      const stream = random(seed, "coefficients", "train", sample);
      const common = Array.from({ length: correlation.rank }, stream.normal);
      const p = conditional(rates, copula, common);
      const y = products(copula, common);
      const residual = Float64Array.from(p, (value) => -value);
      const active = latents.subarray(offsets[sample], offsets[sample + 1]);
      for (const feature of active) residual[feature] = (residual[feature] as number) + 1;
      l0[sample] = active.length;
      for (let i = 0; i < n; i++) {
        const [r, spread] = [residual[i] as number, (p[i] as number) * (1 - (p[i] as number))];
        sum[i] = (sum[i] as number) + r;
        variance[i] = (variance[i] as number) + spread;
        tilted[i] = (tilted[i] as number) + r * (y[i] as number);
        tiltedVariance[i] = (tiltedVariance[i] as number) + spread * (y[i] as number) ** 2;
        for (let j = 0; j < i; j++) {
          const at = i * n + j;
          const other = (p[j] as number) * (1 - (p[j] as number));
          pairs[at] = (pairs[at] as number) + r * (residual[j] as number);
          pairVariance[at] = (pairVariance[at] as number) + spread * other;
        }
      }
    }
  });

  /** z-scores of sums; where few firings are expected, the normal law does not hold and they are left out. */
  const scores = (sums: Float64Array, variances: Float64Array): number[] =>
    [...sums].flatMap((value, i) => {
      const v = variances[i] as number;
      return v > 10 ? [value / Math.sqrt(v)] : [];
    });
  /** Mean and variance of z-scores within four standard errors of 0 and 1, and no score beyond six. */
  const expectStandard = (z: readonly number[]): void => {
    const squares = z.reduce((total, value) => total + value * value, 0) / z.length;
    const mean = z.reduce((total, value) => total + value, 0) / z.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(z.length));
    expect(Math.abs(squares - 1)).toBeLessThan(4 * Math.sqrt(2 / z.length));
    expect(Math.max(...z.map(Math.abs))).toBeLessThan(6);
  };

  it("happen with the conditional probability of each feature given the common normals", () => {
    const z = scores(sum, variance);
    expect(z.length).toBeGreaterThan(0.9 * n);
    expectStandard(z);
  });

  it.skipIf(correlation.scale === 0)("do so whether the feature's product is small or large", () => {
    expectStandard(scores(tilted, tiltedVariance));
  });

  it("are independent given the common normals", () => {
    const z = scores(pairs, pairVariance);
    expect(z.length).toBeGreaterThan(n);
    expectStandard(z);
  });

  it("have the number of active features of a direct copula", () => {
    const { rates } = coefficientModel(options);
    const stream = random(seed, "direct");
    const thresholds = rates.map((rate) => normalQuantile(1 - rate));
    const direct = Float64Array.from({ length: samples }, () => {
      const y = products(copula, Array.from({ length: correlation.rank }, stream.normal));
      return y.filter((value, i) => value + (copula.own[i] as number) * stream.normal() > (thresholds[i] as number))
        .length;
    });
    // Two-sample chi-square over the values that both show often; its mean is the number of cells less one.
    const most = Math.max(...l0, ...direct);
    let [chiSquare, cells] = [0, 0];
    for (let value = 0; value <= most; value++) {
      const a = l0.filter((x) => x === value).length;
      const b = direct.filter((x) => x === value).length;
      if (a + b < 20) continue;
      chiSquare += (a - b) ** 2 / (a + b);
      cells++;
    }
    expect(cells).toBeGreaterThan(5);
    expect(chiSquare).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
  });
});

describe("children under a copula", () => {
  it("fire with their conditional probability where their parent fires, and pairs of siblings independently", () => {
    const options: CoefficientOptions = {
      n: 9,
      seed: 3,
      firing: { kind: "linear", first: 0.6, last: 0.2 },
      correlation: { rank: 2, scale: 0.5 },
      hierarchy: { roots: 3, branching: 2, depth: 1 },
    };
    const { rates, coefficients } = coefficientModel(options);
    const copula = copulaFactor(9, { rank: 2, scale: 0.5 }, 3);
    const samples = 20_000;
    const { offsets, latents } = coefficients(indices(samples));
    const [sum, variance] = [new Float64Array(9), new Float64Array(9)];
    let [together, togetherVariance] = [0, 0];
    for (let sample = 0; sample < samples; sample++) {
      const stream = random(3, "coefficients", "train", sample);
      const p = conditional(rates, copula, [stream.normal(), stream.normal()]) as number[];
      const active = new Set(latents.subarray(offsets[sample], offsets[sample + 1]));
      const residual = (i: number): number => (active.has(i) ? 1 : 0) - (p[i] as number);
      const spread = (i: number): number => (p[i] as number) * (1 - (p[i] as number));
      for (let child = 3; child < 9; child++) {
        if (!active.has(Math.floor((child - 3) / 2))) {
          expect(active.has(child)).toBe(false);
          continue;
        }
        sum[child] = (sum[child] as number) + residual(child);
        variance[child] = (variance[child] as number) + spread(child);
        if (child % 2 === 1) {
          together += residual(child) * residual(child + 1);
          togetherVariance += spread(child) * spread(child + 1);
        }
      }
    }
    for (let child = 3; child < 9; child++) {
      expect(Math.abs((sum[child] as number) / Math.sqrt(variance[child] as number))).toBeLessThan(4);
    }
    expect(Math.abs(together / Math.sqrt(togetherVariance))).toBeLessThan(4);
  });
});

describe("common normals longer than the screen's errors hold for", () => {
  it("are handled feature by feature, with the same probabilities", () => {
    const n = 50;
    const copula = copulaFactor(n, { rank: 4, scale: 0.2 }, 1);
    const rates = new Float64Array(n).fill(0.01);
    const firing = copulaFiring(rates, copula, () => true, 0);
    const stream = sampleStream(1);
    stream.open("long", 0);
    const far = { ...stream, normal: () => 9 };
    const counts = new Float64Array(n);
    const out = new Int32Array(n);
    const draws = 4000;
    for (let draw = 0; draw < draws; draw++) {
      for (const feature of out.subarray(0, firing.start(far, out))) counts[feature] = (counts[feature] as number) + 1;
    }
    conditional(rates, copula, [9, 9, 9, 9]).forEach((p, i) => {
      const slack = 5 * Math.sqrt((p * (1 - p)) / draws) + 1e-6;
      expect(Math.abs((counts[i] as number) / draws - p)).toBeLessThan(slack);
    });
    expect(counts.some((count) => count > 0.5 * draws)).toBe(true);
  });
});
