import { type Mat, matFrom } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { recheck } from "../src/recheck/recheck.js";
import type { Sigma } from "../src/sigma.js";
import { type IdentifiabilityInput, identifiability } from "../src/solutions/identifiability.js";
import { drawer } from "./support/randomModels.js";

const relu: Sigma = { kind: "relu" };
const topOne: Sigma = { kind: "topk-relu", k: 1 };
const eye: Mat = matFrom([
  [1, 0],
  [0, 1],
]);
const base: IdentifiabilityInput = {
  featuresP: eye,
  featuresR: eye,
  weights: [1, 1],
  sigma: topOne,
  nQ: 2,
  regulariser: "none",
};

describe("identifiability", () => {
  it.each<[string, Partial<IdentifiabilityInput>, string, RegExp]>([
    ["Top-1 with distinct inputs", {}, "identifiable", /Top-1/],
    ["fewer latents than features", { nQ: 1 }, "not-identifiable", /1 latents for 2 features/],
    [
      "parallel targets",
      {
        featuresR: matFrom([
          [1, 1],
          [2, 2],
        ]),
      },
      "not-identifiable",
      /w_r of features 0 and 1/,
    ],
    [
      "antipodal targets are not parallel",
      {
        featuresR: matFrom([
          [1, 1],
          [-1, -1],
        ]),
      },
      "identifiable",
      /Top-1/,
    ],
    [
      "parallel inputs",
      {
        featuresP: matFrom([
          [1, 1],
          [2, 2],
        ]),
      },
      "not-identifiable",
      /no model separates them/,
    ],
    ["a feature without weight", { weights: [1, 0] }, "undecided", /feature 1 is never active alone/],
    [
      "a target that is zero",
      {
        featuresR: matFrom([
          [1, 0],
          [0, 0],
        ]),
      },
      "undecided",
      /w_r of feature 1 is 0/,
    ],
    [
      "an input that is zero",
      {
        featuresP: matFrom([
          [1, 0],
          [0, 0],
        ]),
      },
      "undecided",
      /w_p of feature 1 is 0/,
    ],
    ["ReLU without regulariser", { sigma: relu }, "not-identifiable", /zero-loss model/],
    ["ReLU with the fewest codes", { sigma: relu, regulariser: "l0" }, "identifiable", /conically independent/],
    [
      "ReLU with L1",
      { sigma: relu, regulariser: "l1-unit-norm", ell: [0.5, 0.5] },
      "identifiable",
      /conically independent/,
    ],
    [
      "an L1 weight that is too large",
      { sigma: relu, regulariser: "l1-unit-norm", ell: [0.5, 2] },
      "not-identifiable",
      /feature 1 switches it off/,
    ],
    ["TopK with k = 2", { sigma: { kind: "topk-relu", k: 2 } }, "not-identifiable", /mixed/],
    ["TopK with k = 2 and L0", { sigma: { kind: "topk-relu", k: 2 }, regulariser: "l0" }, "undecided", /no theorem/],
    ["pure TopK", { sigma: { kind: "topk", k: 1 } }, "undecided", /no theorem covers topk/],
    ["a bias", { sigma: { kind: "relu", bias: Float64Array.of(0.1, 0) }, regulariser: "l0" }, "undecided", /bias/],
  ])("decides %s", (_, change, verdict, reason) => {
    const found = identifiability({ ...base, ...change });
    expect(found.verdict).toBe(verdict);
    expect(found.reason).toMatch(reason);
    expect(found.certificate === null).toBe(verdict === "undecided");
    if (found.certificate !== null) expect(recheck(found.certificate).holds).toBe(true);
  });

  it("does not depend on order and positive scales", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { whole, integers, permutation, choice, uniform } = drawer(seed);
      const n = whole(1, 4);
      const [featuresP, featuresR] = [integers(n, whole(1, 3)), integers(n, whole(1, 3))];
      const rest = {
        weights: new Float64Array(n).fill(1),
        sigma: choice<Sigma>([relu, topOne, { kind: "topk-relu", k: 2 }]),
        nQ: n + whole(-1, 2),
        regulariser: choice(["none", "l0", "l1-unit-norm"] as const),
      };
      if (rest.nQ < 1) continue;
      const order = permutation(n);
      const factors = order.map(() => 0.5 + uniform());
      const moved = (mat: Mat): Mat =>
        matFrom(
          order.map((d, at) =>
            mat.data.slice(d * mat.cols, (d + 1) * mat.cols).map((value) => value * (factors[at] as number)),
          ),
          mat.cols,
        );
      const a = identifiability({ ...rest, featuresP, featuresR });
      const b = identifiability({ ...rest, featuresP: moved(featuresP), featuresR: moved(featuresR) });
      // A witness comes from random draws, which may miss on either side.
      if (a.verdict === b.verdict) continue;
      expect([a.verdict, b.verdict].sort()).toEqual(["not-identifiable", "undecided"]);
      expect(a.certificate?.kind ?? b.certificate?.kind).toBe("witness");
    }
  });

  it("never contradicts itself between an identifiable verdict and a witness", () => {
    for (let seed = 1; seed <= 80; seed++) {
      const { whole, integers, choice } = drawer(seed);
      const n = whole(1, 4);
      const input: IdentifiabilityInput = {
        ...base,
        featuresP: integers(n, whole(1, 3)),
        featuresR: integers(n, whole(1, 3)),
        weights: new Float64Array(n).fill(1),
        nQ: n,
        sigma: choice([relu, topOne]),
        regulariser: "l0",
      };
      const strict = identifiability(input);
      if (strict.verdict !== "identifiable") continue;
      // Monosemantic codes exist: rows that fire on one feature each.
      if (strict.certificate?.kind === "theorem" && strict.certificate.rule === "l0")
        expect(strict.certificate.rows?.rows).toBe(n);
    }
  });

  it("examines a given solution", () => {
    const encoder = matFrom([
      [1, -0.5],
      [-0.5, 1],
    ]);
    const found = identifiability({ ...base, sigma: relu, solution: { encoder, decoder: eye } });
    expect(found.verdict).toBe("not-identifiable");
    expect(found.local?.codeDim).toBe(0);
    const bad = identifiability({
      ...base,
      solution: {
        encoder,
        decoder: matFrom([
          [2, 0],
          [0, 1],
        ]),
      },
    });
    expect(bad.local).toBeNull();
    expect(bad.warnings.join()).toMatch(/loss must be zero/);
  });

  it.each<[Partial<IdentifiabilityInput>, RegExp]>([
    [{ featuresP: matFrom([[1, 0]]) }, /featuresR must have 1 rows, got 2/],
    [
      {
        featuresP: matFrom([
          [1, Number.POSITIVE_INFINITY],
          [0, 1],
        ]),
      },
      /featuresP must be finite, got Infinity at index 1/,
    ],
    [{ weights: [1] }, /weights must have 2 entries, got 1/],
    [{ nQ: 1.5 }, /nQ must be a whole number/],
    [{ ell: [1, -1] }, /ell must be at least 0, got -1/],
    [{ sigma: { kind: "topk-relu", k: 0 } }, /sigma.k must be a whole number of at least 1/],
  ])("refuses %j", (change, message) => {
    expect(() => identifiability({ ...base, ...change })).toThrow(message);
  });
});
