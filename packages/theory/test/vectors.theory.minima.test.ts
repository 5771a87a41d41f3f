import { type Mat, matFrom, zeros } from "@monosema/numerics";
import { expect } from "vitest";
import { describeVectors, expectClose, flatByItem, type TheoryVector } from "../../numerics/test/support/vectors.js";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { isolatedCodes } from "../src/codes/isolatedCodes.js";
import { alternatingConvexSearch } from "../src/minima/alternatingConvexSearch.js";
import { constructPartialMinimum } from "../src/minima/constructPartialMinimum.js";
import { escapeDirection } from "../src/minima/escapeDirection.js";
import { gainOf } from "../src/minima/escapeGain.js";
import { globalLowerBound } from "../src/minima/globalLowerBound.js";
import { partialMinimumCheck } from "../src/minima/partialMinimumCheck.js";
import { activationPattern } from "../src/patterns/activationPattern.js";
import { recheck } from "../src/recheck/recheck.js";
import { modelOf } from "./support/theoryVectors.js";

const largest = (mat: Mat): number => mat.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const pair = (vector: TheoryVector): void => {
  const { inputs, expected, tolerance } = vector;
  const model = modelOf(vector);
  const { total, gradDecoder, gradEncoder, residuals } = approximateLoss(model);
  expectClose([total], [expected.loss], tolerance);
  expectClose([largest(gradEncoder)], [expected.gradWeMax], tolerance);
  if (expected.gradWdMax !== undefined) expectClose([largest(gradDecoder)], [expected.gradWdMax], tolerance);

  const built = constructPartialMinimum({ ...model, pattern: inputs.pattern });
  expect(built.status).toBe(expected.type);
  expectClose([built.lambda[0] as number, built.loss as number], [expected.lambda_, expected.loss], tolerance);
  expect(built.leading[0]).toBe(expected.leading);
  expect(recheck(built.certificate as NonNullable<typeof built.certificate>).holds).toBe(true);

  if (expected.minMargin !== undefined) {
    expectClose([activationPattern(model).minMargin as number], [expected.minMargin], tolerance);
  }
  if (expected.escapeGainAtE1 !== undefined) {
    const e1 = matFrom([Array.from({ length: model.featuresP.cols }, (_, p) => (p === 0 ? 1 : 0))]);
    const gain = gainOf({ ...model, residuals }, e1)[0] as number;
    expectClose([gain], [expected.escapeGainAtE1], tolerance);
    const found = escapeDirection(model);
    expect(found.found && found.gain >= gain * (1 - 1e-12)).toBe(true);
  }
};

const polished = (vector: TheoryVector): void => {
  const { expected, tolerance } = vector;
  const model = modelOf(vector);
  const found = alternatingConvexSearch(model);
  expect(found.status).toBe(expected.status);
  expectClose([found.history.at(-1) as number], [expected.finalLoss], tolerance);
  const { pre } = isolatedCodes({ ...model, encoder: found.encoder });
  const code = (feature: number) => Math.max(0, pre.data[feature * pre.cols] as number);
  expectClose([code(1) / code(0)], [expected.codeRatio], tolerance);
};

describeVectors({
  thm36_counterexample: (vector) => {
    const { expected, tolerance } = vector;
    const model = modelOf(vector);
    const { total, gradEncoder, gradDecoder } = approximateLoss(model);
    expectClose([total], [expected.loss], tolerance);
    expectClose(gradEncoder.data, expected.gradWe.flat(), tolerance);
    expectClose(gradDecoder.data, flatByItem(expected.gradWd), tolerance);
    const { sets } = activationPattern(model);
    const { status, failure } = constructPartialMinimum({ ...model, pattern: sets });
    expect(status).toBe(expected.constructStatus);
    expectClose(failure?.eigenvalues as Float64Array, expected.eigenvalues, tolerance);
    expect(recheck(failure?.farkas as NonNullable<NonNullable<typeof failure>["farkas"]>).holds).toBe(true);
  },

  partial_min_pair_pos: pair,
  partial_min_pair_neg: pair,

  partial_min_rank_deficient: (vector) => {
    const { inputs, expected, tolerance } = vector;
    const model = modelOf({ ...vector, inputs: { ...inputs, wd: inputs.wr, we: inputs.wp } });
    const built = constructPartialMinimum({ ...model, pattern: inputs.pattern });
    expectClose([built.lambda[0] as number, built.loss as number], [expected.lambda_, expected.loss], tolerance);
    expect(built.multiplicity[0]).toBe(expected.multiplicity);
    // The loss of the row (1, 1) with its best decoder.
    const encoder = matFrom([Array.from({ length: model.featuresP.cols }, () => Math.SQRT1_2)]);
    const decoder = zeros(1, model.featuresR.cols);
    const fitted = approximateLoss({ ...model, encoder, decoder });
    const gain = gainOf({ ...model, residuals: fitted.residuals }, encoder)[0] as number;
    expectClose([fitted.total - gain], [expected.exampleLoss], tolerance);
  },

  partial_min_boundary_kkt: (vector) => {
    const { expected, tolerance } = vector;
    const model = modelOf(vector);
    const [latent] = partialMinimumCheck(model).kkt;
    expectClose(
      [latent?.rawGradNorm as number, latent?.residual as number],
      [expected.rawGradRow0Norm, expected.kktResidual],
      tolerance,
    );
    expect(latent?.binding).toEqual(expected.binding);
    expectClose(latent?.mu as Float64Array, [expected.mu].flat(), tolerance);
    expect(constructPartialMinimum({ ...model, pattern: [[0, 1]] }).status).toBe(expected.interiorStatus);
  },

  detector_perturbed: (vector) => {
    const { expected, tolerance } = vector;
    const found = partialMinimumCheck(modelOf(vector));
    for (const [key, value] of [
      ["loss", found.relativeLoss],
      ["relGradE", found.relGradE],
      ["relGradD", found.relGradD],
      ["minMargin", found.minMargin],
      ["gapD", found.gapD],
      ["gapE", found.gapE],
    ] as const) {
      expectClose([value as number], [expected[key]], tolerance);
    }
  },

  acs_pair_pos: polished,
  acs_pair_neg: polished,

  l1_lower_bound: ({ inputs, expected, tolerance }) => {
    const { rho, weights, ell } = inputs;
    const featuresR = zeros(rho.length, rho.length);
    rho.forEach((value: number, d: number) => {
      featuresR.data[d * rho.length + d] = value;
    });
    const { l1 } = globalLowerBound({ featuresR, weights, nQ: rho.length, sigma: { kind: "relu" }, ell });
    expectClose(l1?.shrunk as Float64Array, expected.shrunk, tolerance);
    expectClose([l1?.bound as number], [expected.bound], tolerance);
  },
});
