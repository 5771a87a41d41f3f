import { expect } from "vitest";
import { byItem, describeVectors, expectClose } from "../../numerics/test/support/vectors.js";
import { dictionaryChecks } from "../src/dictionary/dictionaryChecks.js";

describeVectors({
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
