import { expect } from "vitest";
import { byItem, describeVectors, expectClose } from "../../numerics/test/support/vectors.js";
import { featureWeights } from "../src/loss/featureWeights.js";
import { isolationReport } from "../src/loss/isolationReport.js";
import { lossApproximationBound } from "../src/loss/lossApproximationBound.js";
import { lossByActiveCount } from "../src/loss/lossByActiveCount.js";
import { modelOf } from "./support/theoryVectors.js";

describeVectors({
  feature_weights: ({ inputs, expected, tolerance }) => {
    const { weights, pNone, expectedActive } = featureWeights(inputs);
    expectClose(weights, expected.weights, tolerance);
    expectClose([pNone, expectedActive], [expected.pNone, expected.expectedActive], tolerance);
    // Eq. 11 read literally has no factor p_d.
    const literal = weights.map((weight, d) => weight / inputs.p[d]);
    literal.forEach((value, d) => {
      if (inputs.p[d] > 0) expectClose([value], [expected.literalPaper[d]], tolerance);
    });
  },

  isolation_lrb: ({ inputs, expected, tolerance }) => {
    const report = isolationReport(inputs);
    for (const key of ["expectedActive", "pNone", "pOne", "isolatedEnergyShare"] as const) {
      expectClose([report[key]], [expected[key]], tolerance);
    }
    expect(report.extremeSparsity).toBe(expected.extremeSparsity);
  },

  loss_bound: (vector) => {
    const { inputs, expected, tolerance } = vector;
    const { p, m1, m2 } = inputs;
    const bound = lossApproximationBound({ ...modelOf(vector), p, m1, m2, gamma: "operator" });
    expectClose(bound.gamma, expected.gamma, tolerance);
    expectClose(
      [bound.lower, bound.upper, bound.upper3, bound.corollary],
      [0, expected.bound2, expected.bound3, expected.corollary],
      tolerance,
    );
  },

  pair_term: (vector) => {
    const { p, cMin, beta } = vector.inputs;
    const m1 = p.map(() => cMin + beta);
    const m2 = p.map(() => beta ** 2 + (cMin + beta) ** 2);
    const { pairTerm } = lossApproximationBound({ ...modelOf(vector), p, m1, m2, cMin, beta });
    expectClose([pairTerm as number], [vector.expected.pairTerm], vector.tolerance);
  },

  loss_by_active_count: (vector) => {
    const { expected, tolerance } = vector;
    const { counts, meanLoss, share, total } = lossByActiveCount({ ...modelOf(vector), x: byItem(vector.inputs.x) });
    expectClose(counts.subarray(0, expected.counts.length), expected.counts, tolerance);
    expectClose(meanLoss.subarray(0, expected.meanLoss.length), expected.meanLoss, tolerance);
    expectClose([total], [expected.total], tolerance);
    expectClose([share.reduce((sum, value) => sum + value, 0)], [1], tolerance);
  },
});
