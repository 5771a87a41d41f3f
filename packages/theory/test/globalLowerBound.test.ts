import { type Mat, matFrom, unitRows } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { isolatedCodes } from "../src/codes/isolatedCodes.js";
import { alternatingConvexSearch } from "../src/minima/alternatingConvexSearch.js";
import { constructPartialMinimum } from "../src/minima/constructPartialMinimum.js";
import { globalLowerBound } from "../src/minima/globalLowerBound.js";
import { conicIndependence } from "../src/patterns/conicIndependence.js";
import type { Sigma } from "../src/sigma.js";
import { drawer } from "./support/randomModels.js";

const relu: Sigma = { kind: "relu" };
const topOne: Sigma = { kind: "topk-relu", k: 1 };

describe("globalLowerBound", () => {
  it("lies below random and polished models", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { gaussian, positive, whole, choice } = drawer(seed);
      const [n, nQ] = [whole(2, 5), whole(1, 4)];
      const sigma = choice<Sigma>([relu, topOne, { kind: "topk", k: 1 }, { kind: "topk-relu", k: 2 }]);
      const model = {
        encoder: gaussian(nQ, 3),
        decoder: gaussian(nQ, 3),
        featuresP: gaussian(n, 3),
        featuresR: gaussian(n, 3),
        weights: positive(n),
        sigma,
      };
      const { best } = globalLowerBound({ ...model, nQ });
      const { history } = alternatingConvexSearch({ ...model, maxIters: 15 });
      expect(history.at(-1)).toBeGreaterThanOrEqual(best * (1 - 1e-9));
    }
  });

  it("is attained by Top-1 models on independent inputs", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { gaussian, positive, whole } = drawer(seed);
      const n = whole(2, 5);
      const nQ = whole(1, n);
      const model = { featuresP: gaussian(n, n), featuresR: gaussian(n, 3), weights: positive(n), sigma: topOne };
      const { featuresP, ...targets } = model;
      const { top1, best, attainable, eckartYoung } = globalLowerBound({ ...targets, nQ });
      expect(attainable).toBeNull();
      expect(eckartYoung).toBeLessThanOrEqual(best);
      const pattern = Array.from({ length: nQ }, (_, i) => top1?.sets[i] ?? []);
      const built = constructPartialMinimum({ ...model, pattern });
      expect(built.status).toBe("local-min");
      expect(built.loss).toBeCloseTo(top1?.bound as number, 9);
      expect(globalLowerBound({ ...targets, nQ, featuresP }).attainable).toBe(best === top1?.bound ? true : null);
    }
  });

  it("finds the best partition of four features among all of them", () => {
    // Two tight pairs of targets: one latent each.
    const featuresR = matFrom([
      [1, 0.1],
      [1, -0.1],
      [-0.1, 1],
      [0.1, 1],
    ]);
    const { top1 } = globalLowerBound({ featuresR, weights: [1, 1, 1, 1], nQ: 2, sigma: topOne });
    expect(top1?.sets.map((set) => [...set].sort()).sort()).toEqual([
      [0, 1],
      [2, 3],
    ]);
    // Each pair loses the energy across its mean: 2 * .01.
    expect(top1?.bound).toBeCloseTo(0.04, 12);
  });

  it("bounds the L1 objective with unit decoders, and the shrunk monosemantic model attains it", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { gaussian, positive, whole, uniform } = drawer(seed);
      const n = whole(2, 4);
      const model = { featuresP: gaussian(n, n), featuresR: gaussian(n, 3), weights: positive(n), sigma: relu };
      const ell = Array.from({ length: n }, () => 3 * uniform());
      const { l1, best, attainable } = globalLowerBound({ ...model, nQ: n, ell, featuresP: model.featuresP });
      expect(attainable).toBe(true);
      const objective = (encoder: Mat, decoder: Mat) => {
        const { codes } = isolatedCodes({ encoder, featuresP: model.featuresP, sigma: relu });
        const penalty = codes.data.reduce(
          (sum, value, at) => sum + (ell[Math.floor(at / codes.cols)] as number) * Math.abs(value),
          0,
        );
        return approximateLoss({ ...model, encoder, decoder }).total + penalty;
      };
      for (let trial = 0; trial < 20; trial++) {
        const [encoder, decoder] = [gaussian(n, n), unitRows(gaussian(n, 3)).unit];
        expect(objective(encoder, decoder)).toBeGreaterThanOrEqual(best);
      }
      const { perFeature } = conicIndependence({ featuresP: model.featuresP });
      const rows = perFeature.map(({ encoderRow }, d) =>
        (encoderRow as Float64Array).map((value) => value * (l1?.shrunk[d] as number)),
      );
      expect(objective(matFrom(rows), unitRows(model.featuresR).unit)).toBeCloseTo(l1?.bound as number, 9);
    }
  });

  it("is not attained by L1 where a feature lies in the cone of the others", () => {
    const pentagon = matFrom(
      Array.from({ length: 5 }, (_, k) => [Math.cos((2 * Math.PI * k) / 5), Math.sin((2 * Math.PI * k) / 5)]),
    );
    const input = { featuresP: pentagon, featuresR: pentagon, weights: [1, 1, 1, 1, 1], nQ: 5, sigma: relu };
    expect(globalLowerBound({ ...input, ell: [0.1, 0.1, 0.1, 0.1, 0.1] }).attainable).toBe(false);
    expect(globalLowerBound(input)).toMatchObject({ best: 0, attainable: true });
  });

  it("says that an L1 weight bounds nothing without unit decoders, and that Top-1 needs few features", () => {
    const eye = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const loose = globalLowerBound({
      featuresR: eye,
      weights: [1, 1],
      nQ: 2,
      sigma: relu,
      ell: [1, 1],
      unitNorm: false,
    });
    expect(loose.l1).toBeNull();
    expect(loose.warnings.join()).toMatch(/no L1 bound/);
    const many = globalLowerBound({
      featuresR: drawer(1).gaussian(15, 3),
      weights: new Array(15).fill(1),
      nQ: 2,
      sigma: topOne,
    });
    expect(many.top1).toBeNull();
    expect(many.warnings.join()).toMatch(/at most 14 features, got 15/);
  });
});
