/**
 * Activations of real models: what can be harvested of a model file, and the graph that gives it. Safe in a browser.
 *
 * @module index
 */
export type { Files } from "./files.js";
export type { HarvestModel, Hook, TokenFacts } from "./models/harvestModel.js";
export type { ModelFormat } from "./models/modelFormat.js";
export type { ExternalWeights, OnnxModel } from "./onnx/onnxModel.js";
export type { Runtime, RuntimeOptions, RuntimeSession, RuntimeTensor } from "./runtime/runtime.js";
