import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matFrom } from "../src/mat.js";
import { seededRandom } from "../src/seededRandom.js";
import { expectedMaximumCosine } from "../src/solutions/expectedMaximumCosine.js";
import { matchFeatures } from "../src/solutions/matchFeatures.js";

const identity = matFrom([
  [1, 0],
  [0, 1],
]);

describe("matchFeatures", () => {
  it("gives one latent to one feature where the best latent of both is the same", () => {
    const learned = matFrom([
      [2, 2],
      [0, -3],
    ]);
    const greedy = matchFeatures({ learned, truth: identity, assignment: "greedy" });
    expect([...greedy.match]).toEqual([0, 0]);
    const hungarian = matchFeatures({ learned, truth: identity });
    // .707 - 1 against .707 + 0: latent 1 goes to feature 0.
    expect([...hungarian.match]).toEqual([1, 0]);
    expect(hungarian.cosine[0]).toBeCloseTo(0, 14);
    expect(hungarian.cosine[1]).toBeCloseTo(Math.SQRT1_2, 14);
    expect([...hungarian.scale]).toEqual([3, Math.sqrt(8)]);
  });

  it("takes absolute cosines on request", () => {
    const learned = matFrom([
      [-1, 0],
      [0, -1],
    ]);
    expect(matchFeatures({ learned, truth: identity }).mgt).toBe(0);
    expect(matchFeatures({ learned, truth: identity, signed: false }).mgt).toBe(1);
  });

  it("leaves features without a latent at cosine 0 and says so", () => {
    const { match, cosine, mip, warnings } = matchFeatures({ learned: matFrom([[1, 0]]), truth: identity });
    expect([...match]).toEqual([0, -1]);
    expect([...cosine]).toEqual([1, 0]);
    expect(mip).toBe(0.5);
    expect(warnings.join()).toMatch(/1 features have no latent/);
  });

  it("counts a cosine equal to tau as not recovered", () => {
    expect(matchFeatures({ learned: identity, truth: identity, tau: 1 }).mgt).toBe(0);
  });

  it("does not depend on positive scales and on the order of the latents", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed);
        const draw = (rows: number) => Array.from({ length: rows }, () => Array.from({ length: 3 }, random.normal));
        const truth = matFrom(draw(4));
        const learned = draw(6);
        const order = random.permutation(6);
        const moved = order.map((i) => (learned[i] as number[]).map((value) => value * (0.5 + i)));
        const a = matchFeatures({ learned: matFrom(learned), truth });
        const b = matchFeatures({ learned: matFrom(moved), truth });
        expect(b.mip).toBeCloseTo(a.mip, 12);
        b.match.forEach((latent, d) => {
          expect(order[latent]).toBe(a.match[d]);
        });
      }),
      { seed: 1 },
    );
  });

  it("refuses directions of different lengths and numbers that are not finite", () => {
    expect(() => matchFeatures({ learned: matFrom([[1, 0, 0]]), truth: identity })).toThrow(
      /learned must have 2 columns/,
    );
    expect(() => matchFeatures({ learned: matFrom([[Number.NaN, 0]]), truth: identity })).toThrow(
      /learned must be finite/,
    );
  });
});

describe("expectedMaximumCosine", () => {
  it("is known in closed form in one and two dimensions and for one direction", () => {
    expect(expectedMaximumCosine(3, 1)).toBeCloseTo(1 - 2 / 8, 14);
    expect(expectedMaximumCosine(1, 7)).toBeCloseTo(0, 12);
    // The smaller of two uniform angles in [0, pi] has density 2 / pi (1 - a / pi): E cos = 4 / pi^2.
    expect(expectedMaximumCosine(2, 2)).toBeCloseTo(4 / Math.PI ** 2, 9);
  });

  it("agrees with draws", () => {
    const random = seededRandom(5);
    const draws = 4000;
    let sum = 0;
    for (let draw = 0; draw < draws; draw++) {
      let best = -1;
      for (let i = 0; i < 20; i++) {
        const direction = Array.from({ length: 8 }, random.normal);
        best = Math.max(best, (direction[0] as number) / Math.hypot(...direction));
      }
      sum += best;
    }
    // Standard error .13 / sqrt(4000) = .002.
    expect(Math.abs(sum / draws - expectedMaximumCosine(20, 8))).toBeLessThan(0.008);
  });

  it.each([
    [768, 16000, 0.142],
    [768, 32000, 0.148],
  ])("is small but not 0 in %i dimensions with %i directions", (dimension, count, value) => {
    expect(expectedMaximumCosine(count, dimension)).toBeCloseTo(value, 3);
  });
});
