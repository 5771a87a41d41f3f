import { type Mat, matFrom, norm, row, takeRows } from "@monosema/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix, real, size, whole } from "../../numerics/test/support/arbitraries.js";
import {
  activationPattern,
  type Certificate,
  isolatedCodes,
  type LatentSets,
  type PatternRealization,
  realizePattern,
  recheck,
  type Sigma,
} from "../src/index.js";
import { thresholdOf } from "../src/sigma.js";
import { pattern } from "./support/arbitraries.js";
import { lp } from "./support/highs.js";

const sigmas: Sigma[] = [
  { kind: "relu" },
  { kind: "jumprelu", theta: 0.4 },
  { kind: "topk-relu", k: 1 },
  { kind: "topk-relu", k: 2 },
  { kind: "topk", k: 1 },
  { kind: "batchtopk-relu", k: 1 },
];
const setting = (entry: fc.Arbitrary<number>) =>
  fc
    .tuple(size(1, 6), size(1, 4), size(1, 3))
    .chain(([n, nP, nQ]) => fc.record({ featuresP: matrix(n, nP, entry), sets: pattern(nQ, n) }));

/** The answer is proved, and an encoder has the pattern up to values that rounding lifts above their threshold. */
const checkProof = (found: PatternRealization, featuresP: Mat, sets: LatentSets, sigma: Sigma): void => {
  const { certificate, encoder, realizable, undecided } = found;
  expect(undecided).toBe(false);
  expect(recheck(certificate as Certificate).holds).toBe(true);
  expect(certificate?.kind === "realization").toBe(realizable);
  if (encoder === null) return;
  const { mask, pre } = isolatedCodes({ encoder, featuresP, sigma });
  mask.data.forEach((on, at) => {
    const [feature, latent] = [Math.floor(at / mask.cols), at % mask.cols];
    const wanted = sets[latent]?.includes(feature) === true;
    if ((on === 1) === wanted) return;
    expect(wanted).toBe(false);
    const scale = norm(row(encoder, latent)) * norm(row(featuresP, feature));
    expect(Math.abs((pre.data[at] as number) - thresholdOf(sigma, latent))).toBeLessThanOrEqual(1e-8 * scale);
  });
};

describe("realizePattern", () => {
  it("decides 600 ReLU patterns by least squares as by linear programs, and proves each answer", () => {
    const count = { true: 0, false: 0 };
    fc.assert(
      fc.property(setting(real), fc.boolean(), ({ featuresP, sets }, strict) => {
        const sigma: Sigma = { kind: "relu" };
        const input = { featuresP, pattern: sets, sigma, strict };
        const byDistance = realizePattern(input);
        const byProgram = realizePattern({ ...input, method: "lp", lp });
        expect(byDistance.realizable).toBe(byProgram.realizable);
        checkProof(byDistance, featuresP, sets, sigma);
        checkProof(byProgram, featuresP, sets, sigma);
        count[`${byDistance.realizable}`]++;
      }),
      { numRuns: 600 },
    );
    expect(Math.min(count.true, count.false)).toBeGreaterThan(50);
  });

  it.each(sigmas)("agrees for %j on degenerate features: zeros, ties, antipodes, dependent rows", (sigma) => {
    fc.assert(
      fc.property(setting(whole), ({ featuresP, sets }) => {
        const byDistance = realizePattern({ featuresP, pattern: sets, sigma });
        const byProgram = realizePattern({ featuresP, pattern: sets, sigma, method: "lp", lp });
        expect(byDistance.realizable).toBe(byProgram.realizable);
        checkProof(byDistance, featuresP, sets, sigma);
        checkProof(byProgram, featuresP, sets, sigma);
      }),
      { numRuns: 150 },
    );
  });

  it.each([...sigmas, { kind: "relu", bias: Float64Array.of(1, -1, 0) } as Sigma])(
    "under %j realizes the pattern of any encoder without ties",
    (sigma) => {
      const problem = fc
        .tuple(size(1, 5), size(1, 3))
        .chain(([n, nP]) => fc.record({ featuresP: matrix(n, nP, whole), encoder: matrix(3, nP, whole) }));
      fc.assert(
        fc.property(problem, ({ featuresP, encoder }) => {
          const { sets, ambiguous } = activationPattern({ encoder, featuresP, sigma });
          if ("k" in sigma ? ambiguous.length > 0 : false) return;
          expect(realizePattern({ featuresP, pattern: sets, sigma }).realizable).toBe(true);
        }),
        { numRuns: 150 },
      );
    },
  );

  it("does not change its answer or margin when features are permuted and scaled (ReLU)", () => {
    const problem = setting(real).chain(({ featuresP, sets }) =>
      fc.record({
        featuresP: fc.constant(featuresP),
        sets: fc.constant(sets),
        order: fc.shuffledSubarray(
          Array.from({ length: featuresP.rows }, (_, d) => d),
          { minLength: featuresP.rows, maxLength: featuresP.rows },
        ),
        scales: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 6, maxLength: 6 }),
      }),
    );
    fc.assert(
      fc.property(problem, ({ featuresP, sets, order, scales }) => {
        const scaled: Mat = {
          ...featuresP,
          data: featuresP.data.map((value, at) => value * (scales[Math.floor(at / featuresP.cols)] as number)),
        };
        const sigma: Sigma = { kind: "relu" };
        const before = realizePattern({ featuresP, pattern: sets, sigma });
        const moved = sets.map((set) => set.map((d) => order.indexOf(d)));
        const after = realizePattern({ featuresP: takeRows(scaled, order), pattern: moved, sigma });
        expect(after.realizable).toBe(before.realizable);
        expect(after.margin).toBeCloseTo(before.margin, 9);
      }),
      { numRuns: 200 },
    );
  });

  it("refutes {0} of a regular pentagon under ReLU, which Theorem 3.8 needs, and realizes it under JumpReLU", () => {
    const angles = [0, 1, 2, 3, 4].map((k) => (2 * Math.PI * k) / 5);
    const featuresP = matFrom(angles.map((angle) => [Math.cos(angle), Math.sin(angle)]));
    expect(realizePattern({ featuresP, pattern: [[0, 1]], sigma: { kind: "relu" } }).realizable).toBe(true);
    const refuted = realizePattern({ featuresP, pattern: [[0]], sigma: { kind: "relu" } });
    expect(refuted).toMatchObject({ realizable: false, undecided: false, certificate: { kind: "farkas" } });
    expect(realizePattern({ featuresP, pattern: [[0]], sigma: { kind: "jumprelu", theta: 0.1 } }).realizable).toBe(
      true,
    );
  });

  it("refutes a pattern that parts identical features under JumpReLU, whose gap vanishes in rounding", () => {
    const featuresP = matFrom([
      [0, -2],
      [-1, -1],
      [-2, 2],
      [-2, 2],
      [0, -1],
      [0, 0],
    ]);
    const input = { featuresP, pattern: [[], [], [0, 1, 3]], sigma: { kind: "jumprelu", theta: 0.4 } } as const;
    for (const method of ["nnls", "lp"] as const) {
      const found = realizePattern({ ...input, method, lp });
      expect(found).toMatchObject({ realizable: false, undecided: false, certificate: { kind: "farkas" } });
      expect(recheck(found.certificate as Certificate).holds).toBe(true);
    }
  });

  it("counts first: no encoder selects more than k latents", () => {
    const input = { featuresP: matFrom([[1]]), pattern: [[0], [0]] };
    const found = realizePattern({ ...input, sigma: { kind: "topk-relu", k: 1 } });
    expect(found.certificate?.kind).toBe("selection-size");
    expect(recheck(found.certificate as Certificate).holds).toBe(true);
    expect(realizePattern({ ...input, pattern: [[], []], sigma: { kind: "topk", k: 1 } }).realizable).toBe(false);
  });

  it("refuses a linear program without a solver, and strict top-k", () => {
    const input = { featuresP: matFrom([[1]]), pattern: [[0]] };
    expect(() => realizePattern({ ...input, sigma: { kind: "relu" }, method: "lp" })).toThrow(
      /^realizePattern: method "lp" needs a solver, got none; npm i highs/,
    );
    expect(() => realizePattern({ ...input, sigma: { kind: "topk", k: 1 }, strict: true })).toThrow(
      /strict must be false/,
    );
  });
});
