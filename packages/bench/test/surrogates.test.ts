import { random } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { gaussianSurrogate, permutedSurrogate } from "../src/index.js";

/** An element that is there. */
const at = <T>(list: ArrayLike<T>, i: number): T => list[i] as T;

const [samples, width] = [20_000, 3];
const stream = random(5, "surrogates");
const values = new Float32Array(samples * width);
for (let row = 0; row < samples; row++) {
  const [a, b] = [stream.exponential(), stream.uniform() < 0.1 ? 3 * stream.exponential() : 0];
  values.set([2 + a, a + b, b - 1], row * width);
}

function moments(of: Float32Array) {
  const column = (r: number): number[] => Array.from({ length: samples }, (_, row) => of[row * width + r] as number);
  const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const columns = [0, 1, 2].map(column);
  const means = columns.map(mean);
  const central = columns.map((list, r) => list.map((value) => value - (means[r] as number)));
  const product = (i: number, j: number): number =>
    mean(at(central, i).map((value, row) => value * at(at(central, j), row)));
  const covariance = [0, 1, 2].map((i) => [0, 1, 2].map((j) => product(i, j)));
  const kurtosis = central.map((list, r) => mean(list.map((value) => value ** 4)) / at(at(covariance, r), r) ** 2);
  return { means, covariance, kurtosis, columns };
}

describe("surrogates", () => {
  const own = moments(values);

  it("of a normal distribution keep mean and covariance, and lose the tails", () => {
    const { means, covariance, kurtosis } = moments(gaussianSurrogate(values, width, 1));
    // Five standard errors of a mean and of a covariance over 20,000 samples.
    means.forEach((value, r) => {
      expect(Math.abs(value - at(own.means, r))).toBeLessThan(5 * Math.sqrt(at(at(own.covariance, r), r) / samples));
    });
    for (const i of [0, 1, 2]) {
      for (const j of [0, 1, 2]) {
        const error = 5 * Math.sqrt((2 * at(at(own.covariance, i), i) * at(at(own.covariance, j), j)) / samples);
        expect(Math.abs(at(at(covariance, i), j) - at(at(own.covariance, i), j))).toBeLessThan(error);
      }
    }
    expect(Math.min(...own.kurtosis)).toBeGreaterThan(5);
    for (const value of kurtosis) expect(value).toBeCloseTo(3, 0);
  });

  it("by permutation keep each dimension's numbers, and lose what they have in common", () => {
    const { columns, covariance } = moments(permutedSurrogate(values, width, 1));
    columns.forEach((column, r) => {
      expect(column.sort((a, b) => a - b)).toEqual(at(own.columns, r).sort((a, b) => a - b));
    });
    expect(at(at(own.covariance, 0), 1)).toBeGreaterThan(0.9);
    expect(Math.abs(at(at(covariance, 0), 1))).toBeLessThan(0.05);
  });

  it("are the same for the same seed, and others for others", () => {
    for (const surrogate of [gaussianSurrogate, permutedSurrogate]) {
      expect(surrogate(values, width, 2)).toEqual(surrogate(values, width, 2));
      expect(surrogate(values, width, 2)).not.toEqual(surrogate(values, width, 3));
    }
  });

  it("refuse what has no whole rows", () => {
    expect(() => gaussianSurrogate(new Float32Array(7), 3, 0)).toThrow(/whole rows of 3 numbers, got 7/);
  });
});
