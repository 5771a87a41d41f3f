import { matFrom } from "@monosema/numerics";
import { expect } from "vitest";
import { byItem, describeVectors, expectClose, flatByItem } from "../../numerics/test/support/vectors.js";
import { isolatedCodes } from "../src/codes/isolatedCodes.js";
import { activationPattern } from "../src/patterns/activationPattern.js";
import { realizePattern } from "../src/patterns/realizePattern.js";
import { recheck } from "../src/recheck/recheck.js";
import type { Sigma } from "../src/sigma.js";
import { lp } from "./support/highs.js";
import { modelOf } from "./support/theoryVectors.js";

describeVectors({
  codes_masks({ inputs, expected, tolerance }) {
    const encoder = matFrom(inputs.we);
    const featuresP = byItem(inputs.wp);
    (inputs.sigmas as Sigma[]).forEach((sigma, at) => {
      const { pre, mask, codes, ties } = isolatedCodes({ encoder, featuresP, sigma });
      const wanted = flatByItem(expected.masks[at]);
      expectClose(pre.data, flatByItem(expected.pre), tolerance);
      expect([...mask.data]).toEqual(wanted);
      expectClose(
        codes.data,
        flatByItem(expected.pre).map((value, k) => value * (wanted[k] as number)),
        tolerance,
      );
      if (sigma.kind === "topk-relu" && sigma.k === 1) expect(ties).toEqual(expected.ties);
    });
    expect(activationPattern({ encoder, featuresP, sigma: { kind: "relu" } }).sets).toEqual(expected.reluSets);
  },

  partial_min_pair_pos(vector) {
    const { minMargin } = activationPattern(modelOf(vector));
    expectClose([minMargin as number], [vector.expected.minMargin], vector.tolerance);
  },

  relu_realizability_pentagon({ inputs, expected, tolerance }) {
    const featuresP = byItem(inputs.wp);
    const n = featuresP.rows;
    const sigma: Sigma = { kind: "relu" };
    (inputs.patterns as number[][]).forEach((set, at) => {
      const result = realizePattern({ featuresP, pattern: [set], sigma, method: "lp", lp });
      const margin = expected.tStar[at] as number;
      expectClose([result.margin], [margin], tolerance);
      expect(result.realizable).toBe(margin > 1e-7);
      expect(recheck(result.certificate as NonNullable<typeof result.certificate>).holds).toBe(true);
    });
    const found = (method: "lp" | "nnls"): number[][] =>
      Array.from({ length: 2 ** n - 1 }, (_, k) => k + 1)
        .map((bits) => Array.from({ length: n }, (_, d) => d).filter((d) => bits & (1 << d)))
        .filter((set) => realizePattern({ featuresP, pattern: [set], sigma, method, lp }).realizable);
    const wanted = new Set((expected.realizablePatterns as number[][]).map(String));
    expect(new Set(found("lp").map(String))).toEqual(wanted);
    expect(new Set(found("nnls").map(String))).toEqual(wanted);
  },

  topk_realizability_pentagon({ inputs, expected, tolerance }) {
    const featuresP = byItem(inputs.wp);
    const sigma: Sigma = { kind: "topk-relu", k: inputs.k };
    (inputs.patterns as number[][][]).forEach((pattern, at) => {
      const margin = expected.margins[at] as number;
      const byProgram = realizePattern({ featuresP, pattern, sigma, method: "lp", lp });
      expectClose([byProgram.margin], [margin], tolerance);
      for (const result of [byProgram, realizePattern({ featuresP, pattern, sigma })]) {
        expect(result.realizable).toBe(margin > 1e-7);
        expect(recheck(result.certificate as NonNullable<typeof result.certificate>).holds).toBe(true);
      }
    });
  },
});
