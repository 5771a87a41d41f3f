import { openBackend } from "@monosema/tensor";
import { stateful, trainSuite } from "./support/trainSuite.js";

trainSuite(() => openBackend("tfjs-wasm"), stateful);
