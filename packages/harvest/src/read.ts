/**
 * The files of activations that people have. Safe in a browser.
 *
 * @module read
 */
export type { Files } from "./files.js";

export type {
  ActivationFile,
  ActivationFormat,
  ActivationOrigin,
  ActivationSet,
  Activations,
} from "./read/activationFormat.js";
export { type Documents, type DocumentText, openDocuments } from "./read/documents.js";
export { joinedRows } from "./read/joinedRows.js";
export { openActivations } from "./read/openActivations.js";
export { joinedOrigin } from "./read/originTensors.js";
export { type FilePool, pooledFiles } from "./read/pooledFiles.js";
export { naturalOrder } from "./read/setFiles.js";
export { readVocabulary } from "./read/vocabulary.js";
