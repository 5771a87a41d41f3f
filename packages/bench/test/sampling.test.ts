import { random } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { geometricGaps } from "../src/coefficients/geometricGaps.js";
import { longestNormals, loudScreen, UNIT } from "../src/coefficients/loudScreen.js";
import { isBelowNormal, isBelowNormalNear, normalDistribution } from "../src/coefficients/normalDistribution.js";
import { sampleStream } from "../src/coefficients/sampleStream.js";

describe("the normal distribution function", () => {
  // Reference values of mpmath.ncdf at 40 digits.
  it.each([
    [-37, 5.725571222524577e-300],
    [-12, 1.776482112077679e-33],
    [-5.668, 7.223698286931434e-9],
    [-3.156, 0.0007997443025303688],
    [-1, 0.15865525393145705],
    [-0.3, 0.3820885778110474],
    [0, 0.5],
    [0.6745, 0.7500032571363008],
    [2.5, 0.9937903346742238],
    [40, 1],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NEGATIVE_INFINITY, 0],
  ])("at %d is %d", (z, wanted) => {
    expect(Math.abs(normalDistribution(z) - wanted)).toBeLessThanOrEqual(1e-14 * wanted);
  });

  it("is compared with numbers as if it were computed, over its range, past it and at infinity", () => {
    const r = random(1, "compare");
    for (let i = 0; i < 20_000; i++) {
      const z = 24 * r.uniform() - 12;
      const v = normalDistribution(z) * (0.9 + 0.2 * r.uniform());
      expect(isBelowNormal(v, z)).toBe(v < normalDistribution(z));
    }
    expect(isBelowNormal(0, Number.NEGATIVE_INFINITY)).toBe(false);
    expect(isBelowNormal(1 - 2 ** -53, Number.POSITIVE_INFINITY)).toBe(true);
  });

  it("is decided for a range of points only where all of them agree", () => {
    const r = random(2, "compare");
    let open = 0;
    for (let i = 0; i < 20_000; i++) {
      const [z, slack, v] = [2 * r.normal(), 0.1 * r.uniform(), r.uniform()];
      const near = isBelowNormalNear(v, z, slack);
      if (near === 1) expect(v < normalDistribution(z - slack)).toBe(true);
      if (near === 0) expect(v < normalDistribution(z + slack)).toBe(false);
      if (near < 0) open++;
    }
    expect(open).toBeLessThan(2000);
  });
});

describe("a sample's stream", () => {
  it("gives the numbers of the stream named after the sample, past one block of them, whatever was drawn before", () => {
    const stream = sampleStream(2 ** 35 + 1);
    for (const [set, sample] of [
      ["train", 5],
      ["heldOut", 5],
      ["train", 2 ** 40],
      ["train", 5],
    ] as const) {
      stream.open(set, sample);
      const reference = random(2 ** 35 + 1, "coefficients", set, sample);
      for (let i = 0; i < 50; i++) {
        expect(stream.normal()).toBe(reference.normal());
        expect(stream.uniform()).toBe(reference.uniform());
        expect(stream.exponential()).toBe(reference.exponential());
      }
      stream.normal();
    }
  });
});

describe("geometric gaps", () => {
  // Cells with an expected count of at least 5; the limits are the .9999 quantiles of chi-square, exceeded once in 10,000 seeds.
  it.each([
    [0.3, 5],
    [0.02, 1000],
    [0.002, 5000],
    [0.9, 40],
  ])("follow the geometric distribution at rate %d with tables for %d trials", (rate, trials) => {
    const next = geometricGaps(rate, trials);
    const stream = sampleStream(7);
    stream.open("gaps", trials);
    const draws = 100_000;
    const width = Math.ceil(0.05 / rate);
    const cells = Math.min(60, Math.floor(trials / width));
    const counts = new Float64Array(cells + 1);
    for (let i = 0; i < draws; i++) {
      const cell = Math.min(cells, Math.floor((next(9, stream) - 10) / width));
      counts[cell] = (counts[cell] as number) + 1;
    }
    let chiSquare = 0;
    let freedom = -1;
    for (let cell = 0; cell <= cells; cell++) {
      const above = (1 - rate) ** (cell * width);
      const expected = draws * (cell === cells ? above : above - (1 - rate) ** ((cell + 1) * width));
      if (expected < 5) continue;
      chiSquare += ((counts[cell] as number) - expected) ** 2 / expected;
      freedom++;
    }
    expect(freedom).toBeGreaterThan(0);
    expect(chiSquare).toBeLessThan(freedom + 3.72 * Math.sqrt(2 * freedom) + 10);
  });

  it("are 1 where every trial succeeds", () => {
    const stream = sampleStream(7);
    stream.open("gaps", 0);
    expect(geometricGaps(1, 10)(3, stream)).toBe(4);
  });
});

describe("the integer screen", () => {
  it.each([
    [1, 20],
    [10, 33],
    [25, 100],
    [400, 7],
  ])("lists every row above its limit and keeps its errors at rank %d with %d rows", (rank, n) => {
    const r = random(rank, "screen");
    const rows = Float32Array.from({ length: n * rank }, () => (0.6 * r.normal()) / Math.sqrt(rank));
    const features = Int32Array.from({ length: n }, (_, i) => n - 1 - i);
    const wanted = Float64Array.from({ length: n }, () => 0.7 * r.normal());
    const { sums, limits, list, errors, run } = loudScreen(rows, rank, features, wanted);
    for (let draw = 0; draw < 30; draw++) {
      const common = Float64Array.from({ length: rank }, () => r.normal());
      expect(Math.hypot(...common)).toBeLessThan(longestNormals(rank));
      const listed = new Set(list.slice(0, run(common)));
      features.forEach((feature, at) => {
        const product = common.reduce((sum, value, k) => sum + value * (rows[feature * rank + k] as number), 0);
        expect(Math.abs((sums[at] as number) * UNIT - product)).toBeLessThanOrEqual(errors[at] as number);
        expect(listed.has(at)).toBe((sums[at] as number) > (limits[at] as number));
        if (product > (wanted[at] as number)) expect(listed.has(at)).toBe(true);
      });
    }
  });
});
