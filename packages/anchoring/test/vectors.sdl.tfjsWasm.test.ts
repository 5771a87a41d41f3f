import { tfjsWasm } from "@monosema/tensor/tfjs-wasm";
import { sdlVectorSuite } from "./vectors/vectorSuite.js";

sdlVectorSuite(() => tfjsWasm.open({}));
