import { type Mat, matFrom } from "@monosema/numerics";
import { expect } from "vitest";
import { byItem, describeVectors, expectClose, type TheoryVector } from "../../numerics/test/support/vectors.js";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { tiedInterference } from "../src/patterns/tiedInterference.js";
import { modelOf } from "./support/theoryVectors.js";

const largest = ({ data }: Mat): number => data.reduce((high, value) => Math.max(high, Math.abs(value)), 0);

const stationary = (vector: TheoryVector): void => {
  const { expected, tolerance } = vector;
  const { total, gradEncoder, gradDecoder } = approximateLoss(modelOf(vector));
  expectClose([total], [expected.loss], tolerance);
  expectClose([largest(gradEncoder)], [expected.gradWeMax], tolerance);
  if (expected.gradWdMax !== undefined) expectClose([largest(gradDecoder)], [expected.gradWdMax], tolerance);
};

describeVectors({
  thm36_counterexample(vector) {
    const { expected, tolerance } = vector;
    const { total, gradEncoder, gradDecoder } = approximateLoss(modelOf(vector));
    expectClose([total], [expected.loss], tolerance);
    expectClose(gradEncoder.data, matFrom(expected.gradWe).data, tolerance);
    expectClose(gradDecoder.data, byItem(expected.gradWd).data, tolerance);
  },

  partial_min_pair_pos: stationary,
  partial_min_pair_neg: stationary,

  tied_interference(vector) {
    const { expected, tolerance } = vector;
    const model = modelOf(vector);
    const tied = tiedInterference(model);
    expectClose(tied.perFeature, expected.perFeature, tolerance);
    expectClose(
      [tied.total, tied.maxSigned, tied.paperBound],
      [expected.total, expected.maxInterference, expected.paperBound],
      tolerance,
    );
    expectClose(approximateLoss(model).perFeature, expected.perFeature, tolerance);
  },

  topk_pure_violates_thm33(vector) {
    const { inputs, expected, tolerance } = vector;
    const model = modelOf(vector);
    const loss = (kind: "topk" | "relu"): number =>
      approximateLoss({ ...model, sigma: kind === "topk" ? { kind, k: inputs.k } : { kind } }).total;
    expectClose([loss("topk"), loss("relu")], [expected.lossTopK, expected.lossRelu], tolerance);
    expectClose([tiedInterference(model).paperBound], [expected.paperBound], tolerance);
    expect(tiedInterference(model).total).toBeCloseTo(expected.lossRelu, 9);
  },
});
