import { type Mat, matFrom, norm, symmetricEigen } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { isolatedCodes } from "../src/codes/isolatedCodes.js";
import { constructPartialMinimum, type PartialMinimum } from "../src/minima/constructPartialMinimum.js";
import { balancedUnits, inRegionHessian } from "../src/minima/inRegionHessian.js";
import { partialMinimumCheck } from "../src/minima/partialMinimumCheck.js";
import { activationPattern } from "../src/patterns/activationPattern.js";
import { recheck } from "../src/recheck/recheck.js";
import type { Sigma } from "../src/sigma.js";
import { drawer } from "./support/randomModels.js";

const relu: Sigma = { kind: "relu" };

/** Features shared at random among the latents, some left over. */
const randomPattern = (seed: number, n: number, nQ: number): number[][] => {
  const { whole } = drawer(seed);
  const pattern: number[][] = Array.from({ length: nQ }, () => []);
  for (let d = 0; d < n; d++) pattern[whole(0, nQ)]?.push(d);
  return pattern;
};

const built = (found: PartialMinimum) => ({ encoder: found.encoder as Mat, decoder: found.decoder as Mat });

describe("constructPartialMinimum", () => {
  it("builds points whose gradients vanish, with the pattern asked for, of the type of the in-region Hessian", () => {
    const seen = { "local-min": 0, saddle: 0, none: 0, undecided: 0 };
    for (let seed = 1; seed <= 400; seed++) {
      const { whole, gaussian, units, positive, choice } = drawer(seed);
      const n = whole(2, 5);
      const nP = n + whole(0, 1); // independent w_p: the signs can always be met
      const nQ = whole(1, 3);
      const sigma = choice<Sigma>([relu, { kind: "topk-relu", k: 1 }, { kind: "topk-relu", k: 2 }]);
      const model = { featuresP: gaussian(n, nP), featuresR: units(n, whole(1, 5)), weights: positive(n), sigma };
      const pattern = randomPattern(seed, n, nQ);
      const found = constructPartialMinimum({ ...model, pattern });
      seen[found.status]++;
      if (found.encoder === null) {
        if (found.failure?.farkas) expect(recheck(found.failure.farkas).holds).toBe(true);
        continue;
      }
      const point = { ...model, ...built(found) };
      expect(activationPattern(point).sets).toEqual(pattern);
      const { total, e0, gradEncoder, gradDecoder } = approximateLoss(point);
      expect(total).toBeCloseTo(found.loss as number, 9);
      expect(norm(gradEncoder.data)).toBeLessThan(1e-8 * e0 * (1 + norm(point.decoder.data)));
      expect(norm(gradDecoder.data)).toBeLessThan(1e-8 * e0 * (1 + norm(point.decoder.data)));
      expect(recheck(found.certificate as NonNullable<typeof found.certificate>).holds).toBe(true);

      const alive = pattern.flatMap((set, i) => (set.length > 0 ? [i] : []));
      if (alive.length === 0) continue;
      const { mask } = isolatedCodes(point);
      const { residuals } = approximateLoss(point);
      const { values } = symmetricEigen(inRegionHessian(point, mask, residuals, alive));
      const negative = (values.at(-1) as number) < -1e-7 * (values[0] as number);
      expect(negative, `seed ${seed}: ${found.status}, ${values.at(-1)} of ${values[0]}`).toBe(
        found.status === "saddle",
      );
    }
    expect(seen["local-min"]).toBeGreaterThan(40);
    expect(seen.saddle).toBeGreaterThan(20);
    expect(seen.none).toBeGreaterThan(15);
    expect(seen.undecided).toBe(0);
  });

  it("tells a pair by the sign of the product of its targets", () => {
    const featuresP = matFrom([
      [1, 0.3],
      [-0.2, 1],
    ]);
    const at = (g: number, weights: number[]) => {
      const featuresR = matFrom([
        [1, 0],
        [g, Math.sqrt(1 - g * g)],
      ]);
      return constructPartialMinimum({ featuresP, featuresR, weights, sigma: relu, pattern: [[0, 1]] }).status;
    };
    expect(at(0.4, [1, 3])).toBe("local-min");
    expect(at(-0.4, [1, 3])).toBe("saddle");
    expect(at(0, [1, 3])).toBe("none");
    expect(at(0, [2, 2])).toBe("local-min"); // a plateau: all rows are stationary
  });

  it("is a local minimum on non-negative targets that hang together (Perron)", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { whole, gaussian, positive } = drawer(seed);
      const n = whole(2, 5);
      const featuresR = gaussian(n, n);
      for (let at = 0; at < featuresR.data.length; at++)
        featuresR.data[at] = 0.05 + Math.abs(featuresR.data[at] as number);
      const { status } = constructPartialMinimum({
        featuresP: gaussian(n, n),
        featuresR,
        weights: positive(n),
        sigma: relu,
        pattern: [Array.from({ length: n }, (_, d) => d)],
      });
      expect(status).toBe("local-min");
    }
  });

  it("searches the boundary on request", () => {
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const input = { featuresP, featuresR: featuresP, weights: [2, 1], sigma: relu, pattern: [[0, 1], []] };
    expect(constructPartialMinimum(input).boundary).toBeUndefined();
    const { status, boundary } = constructPartialMinimum({ ...input, boundary: true });
    expect(status).toBe("none");
    // The weaker feature is given up: loss 1.
    expect(boundary?.kind).toBe("pattern-collapse");
    expect(boundary?.search.history.at(-1)).toBeCloseTo(1, 9);
  });

  it("needs every row of the pattern, dead ones included, to clear its thresholds", () => {
    // The plane is positively spanned: no row is negative on all three.
    const featuresP = matFrom([
      [1, 0],
      [-1, 1],
      [0, -1],
    ]);
    const input = { featuresP, featuresR: featuresP, weights: [1, 1, 1], sigma: relu };
    expect(constructPartialMinimum({ ...input, pattern: [[]] }).failure?.neuron).toBe(0);
  });

  it.each([
    [{ pattern: [[0, 1], [1]] }, /sets of pattern must be disjoint, got feature 1 in 0 and 1/],
    [{ pattern: [[0, 5]] }, /pattern\[0\] must be a whole number from 0 to 1, got 5/],
    [{ sigma: { kind: "jumprelu", theta: 0.1 } as const }, /sigma must be relu or topk-relu/],
    [{ weights: [1, -1] }, /weights must not be negative/],
    [{ weights: [1, Number.NaN] }, /weights must be finite, got NaN at index 1/],
  ])("refuses %j", (change, message) => {
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const input = { featuresP, featuresR: featuresP, weights: [1, 1], sigma: relu, pattern: [[0], [1]] };
    expect(() => constructPartialMinimum({ ...input, ...change })).toThrow(message);
  });
});

describe("inRegionHessian", () => {
  it("is half of the second differences of the loss, in balanced units", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const model = drawer(seed).model({ n: 3, nP: 2, nR: 2, nQ: 2 }, relu);
      if ((activationPattern(model).minMargin as number) < 1e-2) continue;
      const { mask } = isolatedCodes(model);
      const form = inRegionHessian(model, mask, approximateLoss(model).residuals, [0, 1]);
      const { encoderUnits, decoderUnits } = balancedUnits(
        model.decoder,
        isolatedCodes(model).codes,
        model.weights,
        [0, 1],
      );
      const loss = (moves: readonly (readonly [number, number])[]) => {
        const encoder = { ...model.encoder, data: Float64Array.from(model.encoder.data) };
        const decoder = { ...model.decoder, data: Float64Array.from(model.decoder.data) };
        for (const [variable, by] of moves) {
          const [latent, part] = [Math.floor(variable / 4), variable % 4];
          const unit = (part < 2 ? encoderUnits : decoderUnits)[latent] as number;
          const to = part < 2 ? encoder : decoder;
          const at = latent * 2 + (part % 2);
          to.data[at] = (to.data[at] as number) + by * unit;
        }
        return approximateLoss({ ...model, encoder, decoder }).total;
      };
      const h = 1e-3;
      for (let a = 0; a < 8; a++) {
        for (let b = 0; b < 8; b++) {
          const second =
            (loss([
              [a, h],
              [b, h],
            ]) -
              loss([
                [a, h],
                [b, -h],
              ]) -
              loss([
                [a, -h],
                [b, h],
              ]) +
              loss([
                [a, -h],
                [b, -h],
              ])) /
            (4 * h * h);
          // The fourth derivative of the loss is at most about 1e2 here, times h^2.
          expect(Math.abs(second / 2 - (form.data[a * 8 + b] as number))).toBeLessThan(1e-3);
        }
      }
    }
  });
});

describe("partialMinimumCheck", () => {
  it("recognises what constructPartialMinimum builds, and calls it spurious where a better model exists", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { units, positive } = drawer(seed);
      const model = { featuresP: units(3, 3), featuresR: units(3, 3), weights: positive(3), sigma: relu };
      const found = constructPartialMinimum({ ...model, pattern: [[0, 1], [2], []] });
      if (found.encoder === null || (found.margin as number) < 1e-3) continue;
      const check = partialMinimumCheck({ ...model, ...built(found) });
      expect(check).toMatchObject({
        isPartial: true,
        kind: "interiorMinimum",
        gapEExact: true,
        globalUpperBound: 0,
        spurious: true,
      });
      expect(check.type).toBe(found.status);
      expect(Math.max(check.relGradE, check.relGradD)).toBeLessThan(1e-9);
      expect(check.kkt.every(({ residual }) => residual < 1e-7)).toBe(true);
    }
  });

  it("does not change with the scale of a latent", () => {
    const model = drawer(7).model({ n: 4, nP: 3, nR: 2, nQ: 3 }, relu);
    const scaled = (mat: Mat, factor: number): Mat => ({
      ...mat,
      data: mat.data.map((value, at) => (at < mat.cols ? value * factor : value)),
    });
    const a = partialMinimumCheck(model);
    const b = partialMinimumCheck({
      ...model,
      encoder: scaled(model.encoder, 7),
      decoder: scaled(model.decoder, 1 / 7),
    });
    for (const key of ["relativeLoss", "relGradE", "relGradD", "gapD", "gapE", "minMargin"] as const) {
      expect(b[key] as number).toBeCloseTo(a[key] as number, 9);
    }
  });

  it("bounds the encoder gap from above where the model is too large for the exact problem", () => {
    const model = drawer(8).model({ n: 6, nP: 50, nR: 60, nQ: 41 }, relu);
    const check = partialMinimumCheck(model);
    expect(check.gapEExact).toBe(false);
    expect(check.warnings.join()).toMatch(/gapE is an upper bound/);
    expect(check.gapE).toBeLessThanOrEqual(check.relativeLoss);
    expect(check.gapE).toBeGreaterThan(0);
  });

  it("takes a zero-loss model for an interior minimum that is not spurious", () => {
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const encoder = matFrom([
      [1, -0.5],
      [-0.5, 1],
    ]);
    const check = partialMinimumCheck({
      encoder,
      decoder: featuresP,
      featuresP,
      featuresR: featuresP,
      weights: [1, 1],
      sigma: relu,
    });
    expect(check).toMatchObject({
      relativeLoss: 0,
      isPartial: true,
      kind: "interiorMinimum",
      type: "local-min",
      spurious: false,
    });
  });
});
