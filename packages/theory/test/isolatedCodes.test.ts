import { type Mat, matFrom, zeros } from "@monosema/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { whole } from "../../numerics/test/support/arbitraries.js";
import { activationPattern, type GatedSigma, isolatedCodes, type Sigma, sigmaProperties } from "../src/index.js";
import { model } from "./support/arbitraries.js";

const sigmas: Sigma[] = [
  { kind: "relu" },
  { kind: "topk", k: 2 },
  { kind: "topk-relu", k: 2 },
  { kind: "batchtopk-relu", k: 2 },
  { kind: "jumprelu", theta: 0.3 },
];
const homogeneous = sigmas.filter((sigma) => sigmaProperties(sigma).homogeneous);

describe("sigmaProperties", () => {
  const mask = { maskForm: true, regionConvex: true, warnings: [] };
  const table: [Sigma | GatedSigma, object][] = [
    [{ kind: "relu" }, { ...mask, homogeneous: true, patternBy: "positive", tieRule: "zero-off" }],
    [
      { kind: "topk", k: 3 },
      { ...mask, homogeneous: true, patternBy: "selection", tieRule: "lowest-index" },
    ],
    [
      { kind: "topk-relu", k: 3 },
      { ...mask, homogeneous: true, patternBy: "positive", tieRule: "lowest-index" },
    ],
    [
      { kind: "batchtopk-relu", k: 3 },
      { ...mask, homogeneous: false, patternBy: "positive", tieRule: "lowest-index" },
    ],
    [
      { kind: "jumprelu", theta: 0.1 },
      { ...mask, homogeneous: false, patternBy: "positive", tieRule: "theta-off" },
    ],
    [
      { kind: "jumprelu", theta: 0 },
      { ...mask, homogeneous: true, patternBy: "positive", tieRule: "theta-off" },
    ],
    [{ kind: "gated" }, { homogeneous: true, maskForm: false, regionConvex: false, patternBy: "positive" }],
  ];
  it.each(table)("knows %j", (sigma, expected) => {
    expect(sigmaProperties(sigma)).toMatchObject(expected);
  });

  it.each(table)("says that a bias makes %j not homogeneous", (sigma) => {
    const found = sigmaProperties({ ...sigma, bias: Float64Array.of(0, 1) });
    expect(found.homogeneous).toBe(false);
    expect(found.warnings).toHaveLength(1);
  });

  it("refuses activations that do not exist", () => {
    expect(() => sigmaProperties({ kind: "elu" } as unknown as Sigma)).toThrow(/^sigmaProperties: sigma.kind must be/);
    expect(() => sigmaProperties({ kind: "topk", k: 0 })).toThrow(
      /sigma.k must be a whole number of at least 1, got 0/,
    );
    expect(() => sigmaProperties({ kind: "jumprelu", theta: -1 })).toThrow(/theta must be finite and not negative/);
  });
});

describe("isolatedCodes", () => {
  it.each(sigmas)("under $kind selects by sorting, the lowest index first at a tie", (sigma) => {
    fc.assert(
      fc.property(model(whole), ({ featuresP, encoder }) => {
        const { pre, mask, codes } = isolatedCodes({ encoder, featuresP, sigma });
        const expected = new Uint8Array(mask.data.length);
        const batch = sigma.kind === "batchtopk-relu";
        const all = Array.from(pre.data.keys());
        const groups = batch
          ? [all]
          : Array.from({ length: pre.rows }, (_, d) => all.slice(d * pre.cols, (d + 1) * pre.cols));
        for (const group of groups) {
          const sorted = group.toSorted((a, b) => (pre.data[b] as number) - (pre.data[a] as number) || a - b);
          const chosen = "k" in sigma ? sorted.slice(0, sigma.k * (batch ? pre.rows : 1)) : sorted;
          const least = sigma.kind === "jumprelu" ? (sigma.theta as number) : 0;
          for (const at of chosen) if (sigma.kind === "topk" || (pre.data[at] as number) > least) expected[at] = 1;
        }
        expect(mask.data).toEqual(expected);
        codes.data.forEach((value, at) => {
          expect(value).toBe(mask.data[at] === 1 ? pre.data[at] : 0);
        });
      }),
    );
  });

  it.each(homogeneous)("under $kind keeps its mask when the features are scaled", (sigma) => {
    fc.assert(
      fc.property(model(whole), fc.integer({ min: 0, max: 5 }), ({ featuresP, encoder }, power) => {
        const scaled: Mat = { ...featuresP, data: featuresP.data.map((value) => value * 2 ** power) };
        const before = isolatedCodes({ encoder, featuresP, sigma });
        const after = isolatedCodes({ encoder, featuresP: scaled, sigma });
        expect(after.mask).toEqual(before.mask);
        expect(after.codes.data).toEqual(before.codes.data.map((value) => value * 2 ** power));
      }),
    );
  });

  it("lists the tied entries of a cut above 0 only, and any for pure topk", () => {
    const encoder = matFrom([[1], [1], [2], [-1]]);
    const featuresP = matFrom([[1], [-1], [0]]);
    const ties = (sigma: Sigma) => isolatedCodes({ encoder, featuresP, sigma }).ties;
    expect(ties({ kind: "topk-relu", k: 2 })).toEqual([
      [0, 0],
      [1, 0],
    ]);
    // Feature 1 gives (-1, -1, -2, 1): a tie at -1. Feature 2 gives zeros.
    expect(ties({ kind: "topk", k: 2 })).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
      [0, 2],
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
  });

  it("adds a bias before the selection, and warns where k exceeds the latents", () => {
    const input = { encoder: matFrom([[1], [2]]), featuresP: matFrom([[1]]) };
    const biased = isolatedCodes({ ...input, sigma: { kind: "relu", bias: Float64Array.of(-1, -1) } });
    expect([...biased.codes.data]).toEqual([0, 1]);
    expect(isolatedCodes({ ...input, sigma: { kind: "topk", k: 3 } }).warnings).toHaveLength(1);
  });

  it("refuses shapes that do not fit and numbers that are not finite", () => {
    const sigma: Sigma = { kind: "relu" };
    expect(() => isolatedCodes({ encoder: zeros(2, 3), featuresP: zeros(2, 2), sigma })).toThrow(
      /featuresP must have 3 columns, got 2/,
    );
    const featuresP = matFrom([[1, Number.NaN]]);
    expect(() => isolatedCodes({ encoder: zeros(2, 2), featuresP, sigma })).toThrow(
      /^isolatedCodes: featuresP must be finite, got NaN at index 1/,
    );
    const bias = Float64Array.of(1);
    expect(() => isolatedCodes({ encoder: zeros(2, 2), featuresP: zeros(1, 2), sigma: { ...sigma, bias } })).toThrow(
      /sigma.bias must have one entry per latent, 2, got 1/,
    );
  });
});

describe("activationPattern", () => {
  it("names dead and polysemantic latents, uncovered features and entries at the threshold", () => {
    const encoder = matFrom([
      [1, 1],
      [-1, -1],
      [0, 0],
    ]);
    const featuresP = matFrom([
      [1, 0],
      [0, 2],
      [1, -1],
    ]);
    const found = activationPattern({ encoder, featuresP, sigma: { kind: "relu" } });
    expect(found).toMatchObject({
      sets: [[0, 1], [], []],
      dead: [1, 2],
      polysemantic: [0],
      uncovered: [2],
      partition: false,
      minMargin: 0,
      ambiguous: [
        [0, 2],
        [1, 2],
      ],
    });
    expect(activationPattern({ encoder, featuresP, sigma: { kind: "topk", k: 1 } }).minMargin).toBeNull();
  });
});
