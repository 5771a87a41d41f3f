import { describe, expect, it } from "vitest";
import { meanToSpread } from "../src/index.js";

describe("meanToSpread", () => {
  it("is the squared norm of the mean over the sum of the variances", () => {
    // Mean (3, 4), so 25; variances 1 and 4.
    expect(meanToSpread(Float32Array.of(2, 2, 4, 2, 2, 6, 4, 6), 2)).toBeCloseTo(5, 12);
  });

  it("is infinite for samples that are all equal, and 0 about the mean", () => {
    expect(meanToSpread(Float32Array.of(1, 2, 1, 2), 2)).toBe(Number.POSITIVE_INFINITY);
    expect(meanToSpread(Float32Array.of(1, 2, -1, -2), 2)).toBe(0);
  });
});
