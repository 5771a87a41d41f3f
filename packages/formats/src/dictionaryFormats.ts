import { type CheckpointFormat, checkpointFormats } from "@monosema/sdl";
import { dictionaryLearning } from "./layouts/dictionaryLearning/dictionaryLearning.js";
import { sparsify } from "./layouts/sparsify.js";

/** All layouts that are read, ours first; the first that recognises some files reads them. */
export const dictionaryFormats: readonly CheckpointFormat[] = [...checkpointFormats, dictionaryLearning, sparsify];
