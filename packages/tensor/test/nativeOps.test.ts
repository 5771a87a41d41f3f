import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { expect, it } from "vitest";
import { nativeOps } from "../src/tfjs/nativeOps.js";
import type { Tf } from "../src/tfjs/tf.js";

// tfjs-node's backend is private: another version may have it otherwise, and tfjs operations must then do the work.
it.each<[string, unknown]>([
  ["a backend without a binding", {}],
  ["a binding without executeOp", { binding: {}, executeSingleOutput: () => {}, getInputTensorIds: () => [] }],
  ["a backend without executeSingleOutput", { binding: { executeOp: () => {} }, getInputTensorIds: () => [] }],
])("finds no native kernels in %s", (_, backend) => {
  expect(nativeOps({ backend: () => backend } as unknown as Tf)).toBeUndefined();
});

it("finds no native kernels in another engine", async () => {
  await tf.setBackend("cpu");
  expect(nativeOps(tf)).toBeUndefined();
});
