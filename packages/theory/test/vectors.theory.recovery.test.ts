import { assignment, type Mat, matFrom, multiply, unitRows } from "@monosema/numerics";
import { expect } from "vitest";
import { byItem, describeVectors, expectClose } from "../../numerics/test/support/vectors.js";
import { absorptionSplit } from "../src/absorption/absorptionSplit.js";
import { conicIndependence } from "../src/patterns/conicIndependence.js";
import { recoveryConstruction } from "../src/patterns/recoveryConstruction.js";
import { wendelProbability } from "../src/patterns/wendelProbability.js";
import { recheck } from "../src/recheck/recheck.js";
import { lp } from "./support/highs.js";
import { modelOf } from "./support/theoryVectors.js";

describeVectors({
  conic_pentagon({ inputs, expected, tolerance }) {
    const featuresP = byItem(inputs.wp);
    const { perFeature } = conicIndependence({ featuresP });
    expect(perFeature.map(({ independent }) => independent)).toEqual(expected.independent);
    expect(perFeature.every(({ certificate }) => certificate && recheck(certificate).holds)).toBe(true);
    if (Object.keys(expected.muForFeature1 ?? {}).length === 0) return;
    const combination = (mu: (j: number) => number): number[] =>
      Array.from({ length: featuresP.cols }, (_, k) =>
        Array.from({ length: featuresP.rows }, (_, j) => mu(j) * (featuresP.data[j * featuresP.cols + k] as number)),
      ).map((terms) => terms.reduce((sum, term) => sum + term, 0));
    const found = (perFeature[1]?.mu ?? []) as Float64Array;
    expect(found.every((value) => value >= 0)).toBe(true);
    expectClose(
      combination((j) => found[j] as number),
      combination((j) => expected.muForFeature1[j] ?? 0),
      tolerance,
    );
  },

  wendel({ inputs, expected, tolerance }) {
    const found = (inputs.cases as [number, number][]).map(([n, nP]) => wendelProbability(n, nP));
    expectClose(found, expected.p, tolerance);
  },

  recovery_pinv(vector) {
    const { inputs, expected, tolerance } = vector;
    const { featuresP, featuresR, sigma } = modelOf(vector);
    const found = recoveryConstruction({ featuresP, featuresR, nQ: inputs.nq, sigma });
    const rows = matFrom(expected.weRows);
    expectClose(found.encoder.data.subarray(0, rows.data.length), rows.data, tolerance);
    expectClose(found.encoderCosines, expected.encoderCosines, tolerance);
    expectClose([found.loss], [expected.loss], tolerance);
    expect(found.exactLossZero).toBe(expected.exactLossZero);
    const share = (learned: Mat, truth: Mat): number => {
      const cosines = multiply(unitRows(truth).unit, unitRows(learned).unit, { transposeB: true });
      const { columnOf } = assignment(cosines.data, cosines.rows, cosines.cols);
      return (
        columnOf.filter((latent, d) => (cosines.data[d * cosines.cols + latent] as number) > 0.95).length / truth.rows
      );
    };
    expectClose(
      [share(found.decoder, featuresR), share(found.encoder, featuresP)],
      [expected.decoderMgt, expected.encoderMgt],
      tolerance,
    );
  },

  absorption_split_pentagon({ inputs, expected }) {
    const { pattern, neuron } = inputs;
    const featuresP = byItem(inputs.wp);
    for (const solver of [{}, { lp }]) {
      const { splits } = absorptionSplit({ featuresP, pattern, neuron, ...solver });
      expect(
        splits.map(({ feature, restRealizable, singletonRealizable }) => ({
          j: feature,
          rest: restRealizable,
          single: singletonRealizable,
        })),
      ).toEqual(expected.relu);
      for (const { certificate } of splits) {
        for (const one of [certificate.rest, certificate.singleton]) expect(one && recheck(one).holds).toBe(true);
      }
      const jump = absorptionSplit({ featuresP, pattern, neuron, sigma: { kind: "jumprelu", theta: 0.5 }, ...solver });
      expect(jump.splits.map(({ singletonRealizable }) => singletonRealizable)).toEqual(expected.jumpreluSingles);
    }
  },
});
