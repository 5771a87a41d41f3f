import { type Mat, matFrom, multiply, unitRows } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { isolatedCodes } from "../src/codes/isolatedCodes.js";
import { lossByActiveCount } from "../src/loss/lossByActiveCount.js";
import { constructPartialMinimum } from "../src/minima/constructPartialMinimum.js";
import { conicIndependence } from "../src/patterns/conicIndependence.js";
import { recheck } from "../src/recheck/recheck.js";
import type { Sigma } from "../src/sigma.js";
import { nonRecoveringWitness } from "../src/solutions/nonRecoveringWitness.js";
import { drawer } from "./support/randomModels.js";

const relu: Sigma = { kind: "relu" };
const basis = (n: number): Mat =>
  matFrom(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))));

describe("Theorem 3.6 (every realizable polysemantic pattern has a partial minimum)", () => {
  it.each([
    [2, 1],
    [1, 3],
    [1, 1.001],
  ])("is false for orthonormal features with M = (%d, %d)", (a, b) => {
    const input = { featuresP: basis(2), featuresR: basis(2), weights: [a, b], sigma: relu, pattern: [[0, 1], []] };
    const { status, failure } = constructPartialMinimum(input);
    expect(status).toBe("none");
    expect([...(failure?.eigenvalues ?? [])].map((value) => value.toFixed(6))).toEqual(
      [Math.max(a, b), Math.min(a, b)].map((value) => value.toFixed(6)),
    );
    expect(failure?.farkas && recheck(failure.farkas).holds).toBe(true);
  });

  it("holds there for M_1 = M_2 only", () => {
    const input = { featuresP: basis(2), featuresR: basis(2), weights: [1, 1], sigma: relu, pattern: [[0, 1], []] };
    expect(constructPartialMinimum(input)).toMatchObject({ status: "local-min", lambda: [1, 0], loss: 1 });
  });
});

describe("Theorem 3.3 (tied weights are a near-zero global minimum)", () => {
  it("fails at a fifth of the benchmark's size: loss of the order of the zero model's, against zero for other encoders", () => {
    const { gaussian } = drawer(1);
    const featuresP = unitRows(gaussian(200, 154)).unit; // n / nP as in 1000 / 768
    const model = { featuresP, featuresR: featuresP, weights: new Float64Array(200).fill(1), sigma: relu };
    const tied = approximateLoss({ ...model, encoder: featuresP, decoder: featuresP, gradients: false });
    expect(tied.relative).toBeGreaterThan(0.5);
    const { perFeature } = conicIndependence({ featuresP });
    const encoder = matFrom(perFeature.map(({ encoderRow }) => encoderRow as Float64Array));
    const alone = approximateLoss({ ...model, encoder, decoder: featuresP, gradients: false });
    expect(alone.relative).toBeLessThan(1e-16);
  });
});

describe("Figure 4 (a zero-loss model that recovers no feature)", () => {
  it("is the split of a rotation by 45 degrees", () => {
    const h = Math.SQRT1_2;
    const rotation = [
      [h, h],
      [-h, h],
      [-h, -h],
      [h, -h],
    ];
    const x = matFrom(Array.from({ length: 50 }, (_, k) => [drawer(k).uniform(), drawer(k + 50).uniform()]));
    const model = {
      encoder: matFrom(rotation),
      decoder: matFrom(rotation),
      featuresP: basis(2),
      featuresR: basis(2),
      sigma: relu,
    };
    expect(lossByActiveCount({ ...model, x }).total).toBeLessThan(1e-30);
  });

  it("is built for any features on request, with zero loss on all co-active inputs", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { units, whole } = drawer(seed);
      const nP = whole(3, 6);
      const featuresP = units(whole(2, 8), nP);
      const map = drawer(seed + 100).gaussian(nP, 3);
      const featuresR = seed % 2 === 0 ? featuresP : multiply(featuresP, map); // an SAE or a transcoder
      const tau = 0.97;
      const found = nonRecoveringWitness({ featuresP, featuresR, nQ: 2 * nP + 1, sigma: relu, tau, seed, exact: true });
      expect(found?.method).toBe("split");
      if (found === null) continue;
      expect(Math.max(found.bestEncoderCosine, found.bestDecoderCosine)).toBeLessThan(tau);
      const x = drawer(seed).gaussian(40, featuresP.rows);
      for (let at = 0; at < x.data.length; at++) x.data[at] = Math.abs(x.data[at] as number);
      const { total } = lossByActiveCount({ ...found, featuresP, featuresR, x, sigma: relu });
      expect(total).toBeLessThan(1e-24);
    }
  });

  it("is a mixture of dual rows where there are too few latents for a split", () => {
    const { gaussian } = drawer(3);
    const featuresP = gaussian(4, 5);
    const found = nonRecoveringWitness({
      featuresP,
      featuresR: featuresP,
      nQ: 4,
      sigma: relu,
      seed: 1,
      exact: true,
      tau: 0.97,
    });
    expect(found?.method).toBe("mixing");
    const x = { rows: 30, cols: 4, data: gaussian(30, 4).data.map(Math.abs) };
    if (found !== null) {
      expect(lossByActiveCount({ ...found, featuresP, featuresR: featuresP, x, sigma: relu }).total).toBeLessThan(
        1e-20,
      );
    }
  });
});

describe("nonRecoveringWitness", () => {
  it("has zero approximate loss and cosines below tau, rechecked by plain products", () => {
    let found = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { units, whole, choice } = drawer(seed);
      const n = whole(2, 12);
      const sigma = choice<Sigma>([relu, relu, { kind: "topk-relu", k: 2 }]);
      const nP = sigma.kind === "relu" ? whole(3, 8) : n + whole(1, 3);
      const [featuresP, featuresR] = [units(n, nP), units(n, whole(3, 6))];
      const witness = nonRecoveringWitness({ featuresP, featuresR, nQ: n + whole(0, 4), sigma, tau: 0.97, seed });
      if (witness === null) continue;
      found++;
      const { encoder, decoder } = witness;
      const certificate = { kind: "witness", encoder, decoder, featuresP, featuresR, sigma, tau: 0.97 } as const;
      expect(recheck(certificate)).toMatchObject({ holds: true });
      if (sigma.kind === "topk-relu") {
        const { mask } = isolatedCodes({ encoder, featuresP, sigma });
        expect(Math.max(...mask.data)).toBe(1);
      }
      expect(
        recheck({ ...certificate, tau: Math.max(witness.bestEncoderCosine, witness.bestDecoderCosine) - 1e-9 }).holds,
      ).toBe(false);
      const broken = { ...decoder, data: decoder.data.map((value, at) => (at === 0 ? value + 1e-3 : value)) };
      const heard = isolatedCodes({ encoder, featuresP, sigma }).codes.data.some(
        (value, at) => at % encoder.rows === 0 && value !== 0,
      );
      if (heard) expect(recheck({ ...certificate, decoder: broken }).holds).toBe(false);
    }
    expect(found).toBeGreaterThan(25);
  });

  it("is the same for the same seed", () => {
    const { units } = drawer(2);
    const input = { featuresP: units(5, 4), featuresR: units(5, 4), nQ: 7, sigma: relu, seed: 11 };
    expect(nonRecoveringWitness(input)).toEqual(nonRecoveringWitness(input));
  });

  it.each<[string, Sigma, number]>([
    ["Top-1 after ReLU, where zero loss forces monosemantic latents", { kind: "topk-relu", k: 1 }, 3],
    ["JumpReLU", { kind: "jumprelu", theta: 0.1 }, 3],
    ["a single feature with a single latent", relu, 1],
  ])("is null for %s", (_, sigma, n) => {
    expect(nonRecoveringWitness({ featuresP: basis(n), featuresR: basis(n), nQ: n, sigma, seed: 1 })).toBeNull();
  });
});
