import { describe, expect, it } from "vitest";
import { relaxedDot } from "../src/relaxedDot.js";
import { probeEngine } from "../src/tier.js";
import { kernelBytes } from "./compileKernels.js";

const exact = { SIGNED: 0, SATURATED: 0, WRONG_ON_CALL: 0, WRONG_FROM_CALL: 0 };

describe("what the relaxed product of bytes means", () => {
  it.each([
    ["unsigned", "an engine that reads b unsigned and sums exactly", {}],
    ["signed", "an engine that reads b signed", { SIGNED: 1 }],
    ["7bit", "an engine that saturates sums of two at 16 bits", { SATURATED: 1 }],
    ["wrong", "an engine whose baseline compiler is wrong", { WRONG_ON_CALL: 1 }],
    ["wrong", "an engine whose optimising compiler is wrong", { WRONG_FROM_CALL: 1500 }],
  ])("is %s for %s", async (meaning, _, difference) => {
    const kernel = await kernelBytes("dots", { constants: { ...exact, ...difference } });
    expect(relaxedDot(kernel)).toBe(meaning);
  });
});

describe("the probe of this engine", () => {
  it("finds fused arithmetic and shared memory on every supported Node, and looks once", () => {
    const features = probeEngine();
    expect(features).toMatchObject({ arithmetic: "relaxed", shared: true });
    expect(probeEngine()).toBe(features);
  });

  it.runIf(process.arch === "x64")("never trusts 8 bits before V8 13.6", () => {
    const major = Number.parseInt(process.versions.node, 10);
    const expected = major < 22 ? ["wrong", "7bit"] : major < 24 ? ["7bit"] : ["unsigned", "7bit"];
    expect(expected).toContain(probeEngine().dot);
  });
});
