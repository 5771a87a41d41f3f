import * as tf from "@tensorflow/tfjs-core";
import * as vitest from "vitest";
import "@tensorflow/tfjs-backend-cpu";
import { backendContract, float32Tolerance } from "../src/contract.js";
import { tfjsBackend } from "../src/tfjs.js";

// The layout of tfjs-node and webgpu, on an engine that is always there.
backendContract(vitest, () => tfjsBackend(tf, { engine: "cpu", codes: "pairs" }), {
  name: "tfjs-cpu",
  precision: "float32",
  arithmetic: "separate",
  tolerance: float32Tolerance,
  findsNaN: false,
});
