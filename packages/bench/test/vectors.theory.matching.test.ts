import { expect } from "vitest";
import { byItem, describeVectors, expectClose } from "../../numerics/test/support/vectors.js";
import { matchFeatures } from "../src/index.js";

describeVectors({
  match_features: ({ inputs, expected, tolerance }) => {
    const { tau, signed } = inputs;
    const found = matchFeatures({ learned: byItem(inputs.learned), truth: byItem(inputs.truth), tau, signed });
    expectClose(found.cosine, expected.cosine, tolerance);
    expect([...found.match]).toEqual(expected.match);
    expectClose([found.mgt, found.mip], [expected.mgt, expected.mip], tolerance);
  },
});
