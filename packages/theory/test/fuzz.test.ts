import type { Mat } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { alternatingConvexSearch } from "../src/minima/alternatingConvexSearch.js";
import { constructPartialMinimum } from "../src/minima/constructPartialMinimum.js";
import { escapeDirection } from "../src/minima/escapeDirection.js";
import { partialMinimumCheck } from "../src/minima/partialMinimumCheck.js";
import type { Certificate } from "../src/recheck/recheck.js";
import { recheck } from "../src/recheck/recheck.js";
import type { Sigma } from "../src/sigma.js";
import { identifiability } from "../src/solutions/identifiability.js";
import { solutionDimension } from "../src/solutions/solutionDimension.js";
import { type Draw, drawer } from "./support/randomModels.js";

const relu: Sigma = { kind: "relu" };

/** Small problems with integer entries: parallel, antipodal, zero and dependent features, ties, zero weights. */
const problem = (draw: Draw): { featuresP: Mat; featuresR: Mat; weights: number[] } => {
  const n = draw.whole(1, 4);
  const matrix = draw.choice([draw.integers, draw.integers, draw.gaussian]);
  return {
    featuresP: matrix(n, draw.whole(1, 3)),
    featuresR: matrix(n, draw.whole(1, 3)),
    weights: Array.from({ length: n }, () => draw.whole(0, 5) / 2),
  };
};

const expectHolds = (certificate: Certificate | null | undefined, seed: number): number => {
  if (certificate == null) return 0;
  const { holds, detail } = recheck(certificate);
  expect(holds, `seed ${seed}, ${certificate.kind}: ${detail}`).toBe(true);
  return 1;
};

describe("certificates of degenerate problems", () => {
  it("recheck, those of identifiability", () => {
    let certificates = 0;
    for (let seed = 1; seed <= 1500; seed++) {
      const draw = drawer(seed);
      const one = problem(draw);
      const input = {
        ...one,
        sigma: draw.choice<Sigma>([
          relu,
          { kind: "topk-relu", k: draw.whole(1, 3) },
          { kind: "topk", k: 1 },
          { kind: "jumprelu", theta: 0.1 },
        ]),
        nQ: draw.whole(1, 6),
        regulariser: draw.choice(["none", "l0", "l1-unit-norm"] as const),
        ...(draw.whole(0, 1) === 0 ? {} : { ell: one.weights.map(() => draw.uniform()) }),
      };
      const { certificate, verdict } = identifiability(input);
      expect(certificate === null).toBe(verdict === "undecided");
      certificates += expectHolds(certificate, seed);
    }
    expect(certificates).toBeGreaterThan(500);
  });

  it("recheck, those of partial minima and of their absence", () => {
    let [built, excluded, open] = [0, 0, 0];
    for (let seed = 1; seed <= 2500; seed++) {
      const draw = drawer(seed);
      const one = problem(draw);
      const nQ = draw.whole(1, 3);
      const pattern: number[][] = Array.from({ length: nQ }, () => []);
      for (let d = 0; d < one.weights.length; d++) pattern[draw.whole(0, nQ)]?.push(d);
      const sigma = draw.choice<Sigma>([relu, relu, { kind: "topk-relu", k: draw.whole(1, 2) }]);
      const found = constructPartialMinimum({ ...one, pattern, sigma });
      built += expectHolds(found.certificate, seed);
      excluded += expectHolds(found.failure?.farkas, seed);
      if (found.status === "undecided") open++;
      if (found.encoder === null || found.decoder === null) continue;
      const { total } = approximateLoss({ ...one, encoder: found.encoder, decoder: found.decoder, sigma });
      expect(total, `seed ${seed}`).toBeCloseTo(found.loss as number, 8);
    }
    expect(built).toBeGreaterThan(200);
    expect(excluded).toBeGreaterThan(200);
    expect(open).toBeLessThan(25);
  });

  it("recheck, those of escapes, whose absence a polished larger model does not contradict", () => {
    let [found, absent] = [0, 0];
    for (let seed = 1; seed <= 1200; seed++) {
      const draw = drawer(seed);
      const one = problem(draw);
      const nQ = draw.whole(1, 3);
      const matrix = draw.choice([draw.integers, draw.gaussian]);
      const sigma = draw.choice<Sigma>([relu, relu, { kind: "topk-relu", k: 1 }, { kind: "topk", k: 2 }]);
      const model = { ...one, encoder: matrix(nQ, one.featuresP.cols), decoder: matrix(nQ, one.featuresR.cols), sigma };
      const way = escapeDirection({ ...model, neuron: nQ });
      if (way.found) found += expectHolds(way.certificate, seed);
      if (way.found || !way.globallyOptimalCandidate || seed % 3 > 0) continue;
      absent++;
      const larger = drawer(seed + 1e6);
      const wide = {
        ...model,
        encoder: larger.gaussian(4, one.featuresP.cols),
        decoder: larger.gaussian(4, one.featuresR.cols),
      };
      const { history } = alternatingConvexSearch({ ...wide, maxIters: 10 });
      expect(history.at(-1) as number, `seed ${seed}`).toBeGreaterThanOrEqual(
        approximateLoss(model).total * (1 - 1e-9) - 1e-12,
      );
    }
    expect(found).toBeGreaterThan(500);
    expect(absent).toBeGreaterThan(10);
  });

  it("recheck, those of dimensions at forced points", () => {
    let certificates = 0;
    for (let seed = 1; seed <= 800; seed++) {
      const draw = drawer(seed);
      const one = problem(draw);
      const nQ = draw.whole(1, 4);
      const model = {
        ...one,
        encoder: draw.gaussian(nQ, one.featuresP.cols),
        decoder: draw.integers(nQ, one.featuresR.cols),
        sigma: draw.sigma(nQ),
      };
      const found = solutionDimension({ ...model, force: true });
      certificates += expectHolds(found.certificate, seed);
      expect(found.kernel - found.scaling - found.encoderNuisance - found.deadDecoder).toBe(found.codeDim);
    }
    expect(certificates).toBeGreaterThan(700);
  });

  it("never make a partial minimum check throw or give a number that is not finite", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const draw = drawer(seed);
      const one = problem(draw);
      const nQ = draw.whole(1, 3);
      const matrix = draw.choice([draw.integers, draw.gaussian]);
      const sigma = draw.choice<Sigma>([draw.sigma(nQ), { kind: "batchtopk-relu", k: 1 }]);
      const check = partialMinimumCheck({
        ...one,
        encoder: matrix(nQ, one.featuresP.cols),
        decoder: matrix(nQ, one.featuresR.cols),
        sigma,
      });
      for (const key of ["relativeLoss", "relGradE", "relGradD", "gapD", "gapE"] as const)
        expect(Number.isFinite(check[key]), `seed ${seed}: ${key}`).toBe(true);
      if (check.isPartial && check.type !== null) expect(["local-min", "saddle", "undecided"]).toContain(check.type);
    }
  });
});
