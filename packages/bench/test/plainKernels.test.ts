import { afterEach, expect, it, vi } from "vitest";
import { type BenchOptions, linearRepresentationBench } from "../src/index.js";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const options: BenchOptions = {
  n: 60,
  nP: 21,
  seed: 3,
  orthogonalization: {},
  firing: { kind: "zipfian", exponent: 0.5, max: 0.3, min: 0.02 },
  correlation: { rank: 5, scale: 0.2 },
  hierarchy: { roots: 3, branching: 3, depth: 2, scaleByParent: true },
  biasNorm: 1,
};

it.each([
  ["forbids WebAssembly", "Module"],
  ["has no room for its memory", "Memory"],
])("data have the same bits where the page %s", async (_, part) => {
  const wanted = linearRepresentationBench(options);
  const batch = wanted.batchSource({ batchSize: 50 }).batch(1);
  let asked = 0;
  function refuse(): never {
    asked++;
    throw new RangeError("refused");
  }
  vi.stubGlobal("WebAssembly", {
    ...WebAssembly,
    Instance: WebAssembly.Instance,
    Module: WebAssembly.Module,
    [part]: refuse,
  });
  vi.resetModules();
  const { linearRepresentationBench: again } = await import("../src/index.js");
  const plain = again(options);
  expect(plain.features).toEqual(wanted.features);
  expect(plain.reports).toEqual(wanted.reports);
  expect(plain.batchSource({ batchSize: 50 }).batch(1)).toEqual(batch);
  expect(asked).toBeGreaterThan(0);
});
