import { expect } from "vitest";
import {
  byItem,
  describeVectors,
  expectClose,
  flatByItem,
  type TheoryVector,
} from "../../numerics/test/support/vectors.js";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { recheck } from "../src/recheck/recheck.js";
import { decoderSolutionSet } from "../src/solutions/decoderSolutionSet.js";
import { identifiability } from "../src/solutions/identifiability.js";
import { solutionDimension } from "../src/solutions/solutionDimension.js";
import { zeroLossCheck } from "../src/solutions/zeroLossCheck.js";
import { modelOf, sigmaOf } from "./support/theoryVectors.js";

const dimensions = (vector: TheoryVector): void => {
  const { expected, tolerance } = vector;
  const model = modelOf(vector);
  expectClose([approximateLoss(model).total], [expected.loss], tolerance);
  expect(zeroLossCheck(model).zero).toBe(true);
  const found = solutionDimension(model);
  for (const key of ["rankJ", "kernel", "encoderNuisance", "scaling", "codeDim", "fullRowRank"] as const) {
    expect(found[key], key).toBe(expected[key]);
  }
};

describeVectors({
  dims_monosemantic: dimensions,
  dims_polysemantic: dimensions,

  decoder_solution_set: ({ inputs, expected, tolerance }) => {
    const codes = byItem(inputs.codes);
    const { consistent, dim, particular, nullBasis } = decoderSolutionSet({ codes, featuresR: byItem(inputs.wr) });
    expect(consistent).toBe(expected.consistent);
    expect(dim).toBe(expected.dim);
    expectClose(particular.data, flatByItem(expected.particular), tolerance);
    // The expected direction lies in the span of the basis: its projection is itself.
    const wanted: number[] = expected.nullDirection;
    const projection = new Float64Array(wanted.length);
    for (let k = 0; k < (nullBasis?.rows ?? 0); k++) {
      const basis = nullBasis?.data.subarray(k * wanted.length, (k + 1) * wanted.length) as Float64Array;
      const along = basis.reduce((sum, value, i) => sum + value * (wanted[i] as number), 0);
      basis.forEach((value, i) => {
        projection[i] = (projection[i] as number) + along * value;
      });
    }
    expectClose(projection, wanted, tolerance);
  },

  identifiability_cases: ({ inputs, expected }) => {
    const verdicts = inputs.cases.map((one: TheoryVector["inputs"]) => {
      const featuresP = byItem(one.wp);
      const { verdict, certificate } = identifiability({
        featuresP,
        featuresR: byItem(one.wr),
        weights: one.weights ?? new Array(featuresP.rows).fill(1),
        sigma: sigmaOf(one.sigma, one.k),
        nQ: one.nq,
        regulariser: one.regulariser,
        ...(one.ell === undefined ? {} : { ell: one.ell }),
      });
      expect(certificate === null).toBe(verdict === "undecided");
      if (certificate !== null) expect(recheck(certificate).holds).toBe(true);
      return verdict;
    });
    expect(verdicts).toEqual(expected.verdicts);
  },
});
