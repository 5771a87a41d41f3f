/**
 * Activations of real models: what can be harvested of a model file, and the graph that gives it. Safe in a browser.
 *
 * @module index
 */
export type { Files } from "./files.js";
export { arrayImages } from "./images/arrayImages.js";
export { type HarvestImages, imageSource } from "./images/imageSource.js";
export type { Picture } from "./images/picture.js";
export { type ImagePreparation, type ImageSize, imagePreparation, type ShortestEdge } from "./images/preparation.js";
export { type PreparedImage, prepareImage } from "./images/prepare.js";
export { type Resampling, resize } from "./images/resize.js";
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
export type { FileHash } from "./source/fileHash.js";
export type { HarvestDocument } from "./source/harvestDocument.js";
export type {
  Cursor,
  GroupOptions,
  HarvestGroup,
  HarvestItem,
  HarvestSource,
  SourceSize,
} from "./source/harvestSource.js";
export { type HarvestTexts, type TextSourceOptions, textSource } from "./source/textSource.js";
export { type TextOptions, type TextStream, textDocuments } from "./text/textDocuments.js";
export { openTokens, type TokenDocuments } from "./text/tokenDocuments.js";
export { jsonTokenizer } from "./tokenizers/jsonTokenizer.js";
export { openTokenizer } from "./tokenizers/openTokenizer.js";
export type { Tokenizer } from "./tokenizers/tokenizer.js";
