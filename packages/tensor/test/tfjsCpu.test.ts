import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { tfjsBackend } from "../src/index.js";
import { backendContract } from "./backendContract.js";
import { float32Tolerance } from "./contract/fixture.js";

backendContract(() => tfjsBackend(tf, { engine: "cpu" }), {
  name: "tfjs-cpu",
  precision: "float32",
  arithmetic: "separate",
  tolerance: float32Tolerance,
  findsNaN: true,
});
