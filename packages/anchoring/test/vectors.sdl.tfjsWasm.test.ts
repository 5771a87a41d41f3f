import { openBackend } from "@monosema/tensor";
import { sdlVectorSuite } from "./vectors/vectorSuite.js";

sdlVectorSuite(() => openBackend("tfjs-wasm"));
