import { matFrom } from "@monosema/numerics";
import { random } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchFeatures } from "../src/index.js";

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
      fc.property(fc.nat(), (seed) => {
        const stream = random(seed, "rows");
        const draw = (rows: number) => Array.from({ length: rows }, () => Array.from({ length: 3 }, stream.normal));
        const truth = matFrom(draw(4));
        const learned = draw(6);
        const order = [...stream.permutation(6)];
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

  it("compares with random directions: signed ones, or lines where the sign is ignored", () => {
    const learned = matFrom([[1, 0]]);
    expect(matchFeatures({ learned, truth: identity }).randomBaseline).toBeCloseTo(0, 12);
    expect(matchFeatures({ learned, truth: identity, signed: false }).randomBaseline).toBeCloseTo(2 / Math.PI, 9);
    const none = matchFeatures({ learned: { rows: 0, cols: 2, data: new Float64Array(0) }, truth: identity });
    expect(none).toMatchObject({ mip: 0, randomBaseline: 0 });
  });
});
