import { multiply } from "@monosema/numerics";
import { isolatedCodes } from "@monosema/theory";
import { expect } from "vitest";
import { byItem, describeVectors, expectClose, flatByItem } from "../../numerics/test/support/vectors.js";
import { modelOf } from "../../theory/test/support/theoryVectors.js";
import { absorptionReport } from "../src/index.js";

describeVectors({
  absorption_report: (vector) => {
    const { inputs, expected, tolerance } = vector;
    const model = modelOf(vector);
    const x = byItem(inputs.x);
    const { codes } = isolatedCodes({ ...model, featuresP: multiply(x, model.featuresP) });
    expectClose(codes.data, flatByItem(expected.codes), tolerance);
    const report = absorptionReport({ ...model, x, parent: inputs.parent, children: inputs.children });
    const child = report.children[0];
    expect(report.mainNeuron).toBe(expected.mainNeuron);
    expect(child?.childNeuron).toBe(expected.childNeuron);
    expect(child?.flagged).toBe(expected.flagged);
    for (const key of ["falseNegative", "kappa", "encoderSuppression"] as const) {
      if (expected[key] === null) expect(child?.[key]).toBeNull();
      else expectClose([child?.[key] as number], [expected[key]], tolerance);
    }
  },
});
