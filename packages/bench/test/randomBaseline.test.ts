import { random } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { randomBaseline } from "../src/index.js";

/** Mean of the largest cosine, and of the largest |cosine|, of a fixed direction with `nQ` random ones. */
function drawn(nQ: number, dimension: number, draws: number): { absolute: number; signed: number } {
  const stream = random(7, `${nQ} ${dimension}`);
  let [absolute, signed] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    let [largest, smallest] = [-1, 1];
    for (let i = 0; i < nQ; i++) {
      const direction = Array.from({ length: dimension }, stream.normal);
      const cosine = (direction[0] as number) / Math.hypot(...direction);
      largest = Math.max(largest, cosine);
      smallest = Math.min(smallest, cosine);
    }
    absolute += Math.max(largest, -smallest);
    signed += largest;
  }
  return { absolute: absolute / draws, signed: signed / draws };
}

describe("randomBaseline", () => {
  it.each([
    [768, 16_000, 0.148, 0.142],
    [192, 1000, 0.245, 0.232],
    [192, 4000, 0.27, 0.258],
    [768, 4096, 0.137, 0.13],
    [1536, 16_000, 0.105, 0.101],
  ])("is the published one for dimension %i and %i latents", (dimension, nQ, absolute, signed) => {
    const baseline = randomBaseline(nQ, dimension);
    expect(baseline.absolute).toBeCloseTo(absolute, 3);
    expect(baseline.signed).toBeCloseTo(signed, 3);
  });

  it("is known in closed form on a line, in the plane, in space and for one direction", () => {
    expect(randomBaseline(3, 1)).toEqual({ absolute: 1, signed: 1 - 2 / 8 });
    // One angle is uniform in [0, pi], that to a line in [0, pi / 2]; the smaller of two has density 2 / h (1 - a / h) below h.
    expect(randomBaseline(1, 2).absolute).toBeCloseTo(2 / Math.PI, 9);
    expect(randomBaseline(2, 2).absolute).toBeCloseTo(8 / Math.PI ** 2, 9);
    expect(randomBaseline(2, 2).signed).toBeCloseTo(4 / Math.PI ** 2, 9);
    // In space a cosine is uniform in [-1, 1] and its size in [0, 1] (Archimedes).
    for (const nQ of [1, 2, 5, 40]) {
      expect(randomBaseline(nQ, 3).absolute).toBeCloseTo(nQ / (nQ + 1), 9);
      expect(randomBaseline(nQ, 3).signed).toBeCloseTo((nQ - 1) / (nQ + 1), 9);
    }
    // E |cos| = gamma(d / 2) / (sqrt(pi) gamma((d + 1) / 2)), at d = 4: 4 / (3 pi), at d = 5: 3 / 8.
    expect(randomBaseline(1, 4).absolute).toBeCloseTo(4 / (3 * Math.PI), 9);
    expect(randomBaseline(1, 5).absolute).toBeCloseTo(3 / 8, 9);
    expect(randomBaseline(1, 7).signed).toBeCloseTo(0, 12);
    expect(randomBaseline(0, 3)).toEqual({ absolute: 0, signed: 0 });
  });

  it.each([
    [1, 2],
    [2, 2],
    [3, 4],
    [20, 8],
    [50, 30],
  ])("agrees with draws of %i directions in %i dimensions", (nQ, dimension) => {
    // Standard deviations are at most .5: four standard errors of 4000 draws are .032 for one direction, .008 for many.
    const found = drawn(nQ, dimension, 4000);
    const exact = randomBaseline(nQ, dimension);
    const slack = nQ < 10 ? 0.032 : 0.008;
    expect(Math.abs(found.absolute - exact.absolute)).toBeLessThan(slack);
    expect(Math.abs(found.signed - exact.signed)).toBeLessThan(slack);
  });

  it("refuses sizes that are none", () => {
    expect(() => randomBaseline(-1, 3)).toThrow(/^randomBaseline/);
    expect(() => randomBaseline(1.5, 3)).toThrow(RangeError);
    expect(() => randomBaseline(1, 0)).toThrow(RangeError);
  });
});
