import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { portableExp } from "../src/random/exp.js";
import { portableLog } from "../src/random/log.js";
import { philox } from "../src/random/philox.js";
import { streamKeys } from "../src/random/stream.js";
import { type Random, random } from "../src/random.js";

const draws = (count: number, draw: () => number): Float64Array => Float64Array.from({ length: count }, draw);

const moments = (x: Float64Array) => {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const central = (power: number) => x.reduce((sum, v) => sum + (v - mean) ** power, 0) / x.length;
  const variance = central(2);
  return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
};

const correlation = (a: Float64Array, b: Float64Array): number => {
  const ma = moments(a);
  const mb = moments(b);
  const covariance = a.reduce((sum, v, i) => sum + (v - ma.mean) * ((b[i] as number) - mb.mean), 0) / a.length;
  return covariance / Math.sqrt(ma.variance * mb.variance);
};

describe("philox", () => {
  it.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ])("gives the published answer for counter %j and key %j", (counter, key, answer) => {
    const out = new Int32Array(4);
    const [c0, c1, c2, c3] = counter as [number, number, number, number];
    philox(c0, c1, c2, c3, key[0] as number, key[1] as number, out);
    expect([...out].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(" ")).toBe(answer);
  });
});

describe("random", () => {
  it("gives the same bits on every platform (pinned at the first release)", () => {
    const r = random(42, "golden", 7);
    expect([r.uniform(), r.uniform(), r.normal(), r.normal(), r.normal(), r.exponential()]).toEqual([
      0.38585746152734646, 0.20098595613155001, 0.20179257841151055, -0.49596675089040126, -1.1205439297404187,
      0.0006312945292255813,
    ]);
    expect([r.integer(1000), r.integer(2 ** 40), r.bernoulli(0.5)]).toEqual([208, 519463025158, true]);
    expect([...random(0).permutation(10)]).toEqual([0, 2, 6, 3, 5, 7, 9, 4, 8, 1]);
    expect(random(2 ** 53 - 1, "x").uniform()).toBe(0.5574304568628576);
  });

  it("repeats a stream and separates seeds, names, numbers and depths", () => {
    const first = (...args: [number, ...(string | number)[]]) => random(...args).uniform();
    expect(first(5, "a", 1)).toBe(first(5, "a", 1));
    const streams = [
      first(0),
      first(1),
      first(2 ** 32),
      first(0, 0),
      first(0, "0"),
      first(0, ""),
      first(0, "\0"),
      first(0, "ab", "c"),
      first(0, "a", "bc"),
      first(0, "abc"),
      first(0, 1, 2),
      first(0, 2, 1),
      first(0, -1),
      first(0, 2 ** 32 - 1),
    ];
    expect(new Set(streams).size).toBe(streams.length);
  });

  // 200,000 draws: the standard error of a mean is 1/447 standard deviations, of the kurtosis of a normal sqrt(24 / 200000) = .011.
  it("has the moments of its distributions", () => {
    const r = random(11, "moments");
    const uniform = moments(draws(200_000, r.uniform));
    expect(uniform.mean).toBeCloseTo(1 / 2, 2);
    expect(uniform.variance).toBeCloseTo(1 / 12, 2);
    expect(uniform.kurtosis).toBeCloseTo(9 / 5, 1);
    const normal = moments(draws(200_000, r.normal));
    expect(Math.abs(normal.mean)).toBeLessThan(0.01);
    expect(Math.abs(normal.variance - 1)).toBeLessThan(0.015);
    expect(Math.abs(normal.skewness)).toBeLessThan(0.03);
    expect(Math.abs(normal.kurtosis - 3)).toBeLessThan(0.06);
    const exponential = moments(draws(200_000, r.exponential));
    expect(Math.abs(exponential.mean - 1)).toBeLessThan(0.01);
    expect(Math.abs(exponential.variance - 1)).toBeLessThan(0.03);
    expect(Math.abs(exponential.skewness - 2)).toBeLessThan(0.15);
  });

  it("fills equal bins equally: chi-square of 64 bins is below its 99.99 % quantile", () => {
    const r = random(3, "bins");
    const byInteger = new Float64Array(64);
    const byUniform = new Float64Array(64);
    for (let i = 0; i < 64_000; i++) {
      const u = Math.floor(r.uniform() * 64);
      const n = r.integer(64);
      byUniform[u] = (byUniform[u] as number) + 1;
      byInteger[n] = (byInteger[n] as number) + 1;
    }
    const chiSquare = (x: Float64Array) => x.reduce((sum, v) => sum + (v - 1000) ** 2 / 1000, 0);
    expect(chiSquare(byUniform)).toBeLessThan(113);
    expect(chiSquare(byInteger)).toBeLessThan(113);
  });

  it("gives streams that do not correlate with each other", () => {
    const streams = [random(1), random(2), random(1, "a"), random(1, "b"), random(1, 0), random(1, 1)];
    const values = streams.map((r: Random) => draws(50_000, r.uniform));
    for (let i = 0; i < values.length; i++) {
      for (let j = 0; j < i; j++) {
        expect(Math.abs(correlation(values[i] as Float64Array, values[j] as Float64Array))).toBeLessThan(0.02);
      }
    }
  });

  it("draws the first number of consecutive sample streams independently and uniformly", () => {
    const first = Float64Array.from({ length: 50_000 }, (_, s) => random(9, "sample", s).uniform());
    expect(Math.abs(correlation(first.subarray(1), first.subarray(0, -1)))).toBeLessThan(0.02);
    expect(moments(first).mean).toBeCloseTo(0.5, 2);
  });

  it("hits a probability and both ends of bernoulli", () => {
    const r = random(4, "bernoulli");
    let hits = 0;
    for (let i = 0; i < 100_000; i++) hits += r.bernoulli(0.01) ? 1 : 0;
    expect(Math.abs(hits - 1000)).toBeLessThan(160); // 5 standard deviations
    expect(r.bernoulli(0)).toBe(false);
    expect(r.bernoulli(1)).toBe(true);
  });

  it("permutes: every entry once, every place equally likely", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(200), (seed, n) => {
        expect([...random(seed).permutation(n)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
    const first = new Float64Array(5);
    for (let s = 0; s < 5000; s++) {
      const value = random(s, "place").permutation(5)[0] as number;
      first[value] = (first[value] as number) + 1;
    }
    for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("keeps integers in range for any n, also above 2^32", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, n) => {
        const value = random(seed).integer(n);
        expect(Number.isSafeInteger(value) && value >= 0 && value < n).toBe(true);
      }),
    );
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])("refuses the seed %s by name", (seed) => {
    expect(() => random(seed)).toThrow(RangeError);
    expect(() => random(seed)).toThrow(/^random: seed must be an integer from 0 to 2\^53 - 1, got /);
  });

  it("refuses what its methods cannot do", () => {
    const r = random(0);
    expect(() => random(0, 0.5)).toThrow(/^random: path numbers/);
    expect(() => r.bernoulli(1.1)).toThrow(/^bernoulli: p/);
    expect(() => r.integer(0)).toThrow(/^integer: n/);
    expect(() => r.permutation(-1)).toThrow(/^permutation: n/);
  });
});

describe("portableLog and portableExp", () => {
  it("agree with Math.log and Math.exp to 1 ulp over the whole range", () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(Math.abs(portableLog(x) - Math.log(x))).toBeLessThanOrEqual(2 ** -52 * Math.abs(Math.log(x)));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.double({ min: -708, max: 709, noNaN: true }), (x) => {
        expect(Math.abs(portableExp(x) - Math.exp(x))).toBeLessThanOrEqual(2 ** -52 * Math.exp(x));
      }),
      { numRuns: 2000 },
    );
  });

  it("keep the edge cases", () => {
    expect([portableLog(0), portableLog(1), portableLog(-1), portableLog(Number.POSITIVE_INFINITY)]).toEqual([
      Number.NEGATIVE_INFINITY,
      0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]);
    expect([portableExp(0), portableExp(800), portableExp(-800), portableExp(Number.NaN)]).toEqual([
      1,
      Number.POSITIVE_INFINITY,
      0,
      Number.NaN,
    ]);
    expect(portableExp(-740)).toBe(Math.exp(-740));
    expect(portableLog(5e-324)).toBeCloseTo(-744.4400719213812, 12);
  });
});

describe("streamKeys", () => {
  it("gives the words of random's stream of each index", () => {
    const keyOf = streamKeys(2 ** 40 + 5, "coefficients", "train");
    const out = new Int32Array(4);
    for (const index of [0, 7, 2 ** 45, 7]) {
      const { key0, key1, prefix0, prefix1 } = keyOf(index);
      const stream = random(2 ** 40 + 5, "coefficients", "train", index);
      for (let block = 0; block < 3; block++) {
        philox(block, 0, prefix0, prefix1, key0, key1, out);
        for (const [high, low] of [
          [0, 1],
          [2, 3],
        ] as const) {
          const bits = ((out[high] as number) >>> 5) * 2 ** 26 + ((out[low] as number) >>> 6);
          expect(stream.uniform()).toBe(bits / 2 ** 53);
        }
      }
    }
  });

  it("refuses indices that are no safe integers", () => {
    expect(() => streamKeys(0, "a")(0.5)).toThrow(/^streamKeys: path numbers must be safe integers, got 0.5/);
  });
});
