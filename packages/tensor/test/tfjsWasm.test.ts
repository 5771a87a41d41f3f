import * as tf from "@tensorflow/tfjs-core";
import * as vitest from "vitest";
import "@tensorflow/tfjs-backend-wasm";
import { backendContract, float32Tolerance } from "../src/contract.js";
import { tfjsBackend } from "../src/tfjs.js";

backendContract(vitest, () => tfjsBackend(tf, { engine: "wasm" }), {
  name: "tfjs-wasm",
  precision: "float32",
  arithmetic: "separate",
  tolerance: float32Tolerance,
  findsNaN: true,
});
