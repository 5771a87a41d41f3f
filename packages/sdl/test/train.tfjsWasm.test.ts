import { tfjsWasm } from "@monosema/tensor/tfjs-wasm";
import { stateful, trainSuite } from "./support/trainSuite.js";

trainSuite(() => tfjsWasm.open({}), stateful);
