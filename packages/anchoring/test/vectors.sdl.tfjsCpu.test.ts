import { tfjsCpu } from "@monosema/tensor/tfjs-cpu";
import { sdlVectorSuite } from "./vectors/vectorSuite.js";

sdlVectorSuite(() => tfjsCpu.open({}));
