import { describe, expect, it } from "vitest";
import { openHeap } from "../src/heap.js";
import { relaxedDot } from "../src/relaxedDot.js";
import { relaxedMadd } from "../src/relaxedMadd.js";
import { probeEngine, relaxedFeatures } from "../src/tier.js";
import { kernelBytes } from "./compileKernels.js";
import { openSingle } from "./support/tiers.js";

const exact = { SIGNED: 0, SATURATED: 0, WRONG_ON_CALL: 0, WRONG_FROM_CALL: 0, FUSED_FROM_CALL: 1 };

describe("what the relaxed product of bytes means", () => {
  it.each([
    ["unsigned", "an engine that reads b unsigned and sums exactly", {}],
    ["signed", "an engine that reads b signed", { SIGNED: 1 }],
    ["7bit", "an engine that saturates sums of two at 16 bits", { SATURATED: 1 }],
    ["inexact", "an engine whose baseline compiler is wrong", { WRONG_ON_CALL: 1 }],
    ["inexact", "an engine whose optimising compiler is wrong", { WRONG_FROM_CALL: 1500 }],
  ])("is %s for %s", async (meaning, _, difference) => {
    const kernels = await kernelBytes("relaxed", { constants: { ...exact, ...difference } });
    expect(relaxedDot(kernels)).toBe(meaning);
  });
});

describe("how the relaxed multiply-add rounds", () => {
  const never = 1e9;
  it.each([
    ["fused", "an engine that rounds once", 1],
    ["separate", "an engine that rounds twice", never],
    ["changing", "an engine whose compilers differ", 1500],
  ])("is %s for %s", async (meaning, _, fusedFromCall) => {
    const kernels = await kernelBytes("relaxed", { constants: { ...exact, FUSED_FROM_CALL: fusedFromCall } });
    expect(relaxedMadd(kernels)).toBe(meaning);
    expect(relaxedFeatures(kernels)).toEqual(
      meaning === "changing"
        ? { instructions: "plain", arithmetic: "separate", dot: "none" }
        : { instructions: "relaxed", arithmetic: meaning, dot: "unsigned" },
    );
  });
});

describe("the probe of this engine", () => {
  it("finds relaxed instructions and shared memory on every supported Node, and looks once", () => {
    const features = probeEngine();
    expect(features).toMatchObject({ instructions: "relaxed", shared: true });
    expect(probeEngine()).toBe(features);
  });

  it.each(["relaxed", "plain"] as const)("says how the %s kernels round", async (instructions) => {
    const { backend } = await openSingle(openHeap({ shared: false }), instructions);
    const a = 1 + 2 ** -12; // a a = 1 + 2^-11 + 2^-24, the last of which float32 has no place for
    const left = backend.tensor([-1 - 2 ** -11, a, 0, 0], [2, 2]);
    const product = backend.matMul(left, backend.tensor([1, 0, a, 0], [2, 2]));
    const fused = backend.arithmetic === "fused";
    expect((await backend.read(product))[0]).toBe(fused ? 2 ** -24 : 0);
    if (instructions === "plain") expect(fused).toBe(false);
    await backend.close();
  });

  it.runIf(process.arch === "x64")("never trusts 8 bits before V8 13.6", () => {
    const major = Number.parseInt(process.versions.node, 10);
    const expected = major < 22 ? ["inexact", "7bit"] : major < 24 ? ["7bit"] : ["unsigned", "7bit"];
    expect(expected).toContain(probeEngine().dot);
  });
});
