/**
 * Activations of real models: what can be harvested of a model file, and the graph that gives it. Safe in a browser.
 *
 * @module index
 */
export type { Files } from "./files.js";
export type { HarvestModel, Hook, TokenFacts } from "./models/harvestModel.js";
export type { ModelFormat } from "./models/modelFormat.js";
export { modelFormats, openModel } from "./models/modelFormats.js";
export { describeOnnx } from "./onnx/describeOnnx.js";
export { exposeOutputs } from "./onnx/exposeOutputs.js";
export type {
  OnnxDescription,
  OnnxInitializer,
  OnnxNode,
  OnnxOpset,
  OnnxValue,
} from "./onnx/onnxDescription.js";
export type { ExternalWeights, OnnxModel } from "./onnx/onnxModel.js";
export { onnxruntimeWeb } from "./runtime/onnxruntimeWeb.js";
export type { OrtNamespace, OrtSession, OrtTensor } from "./runtime/ortNamespace.js";
export type { Runtime, RuntimeOptions, RuntimeSession, RuntimeTensor, TypedTensor } from "./runtime/runtime.js";
