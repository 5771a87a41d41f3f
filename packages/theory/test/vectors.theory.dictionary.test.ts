import { expect } from "vitest";
import { absorptionReport } from "../src/absorption/absorptionReport.js";
import { isolatedCodes } from "../src/codes/isolatedCodes.js";
import { dictionaryChecks } from "../src/dictionary/dictionaryChecks.js";
import { multiply } from "../src/multiply.js";
import { byItem, describeVectors, expectClose, flatByItem, modelOf } from "./support/theoryVectors.js";

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

  dictionary_icosahedron: ({ inputs, expected, tolerance }) => {
    const featuresP = byItem(inputs.wp);
    const checks = dictionaryChecks({ featuresP, kMax: expected.babel.length, rip: 2 });
    expect(checks.spark).toBe(expected.spark);
    expect(checks.sparkLower).toBe(expected.sparkLower);
    expectClose(checks.babel, expected.babel, tolerance);
    expectClose(
      [checks.mu, checks.welch, checks.rip.constant as number, checks.coherenceSparsity],
      [expected.mu, expected.welch, expected.rip2, expected.coherenceSparsity],
      tolerance,
    );
  },
});
