import { type CheckpointFormat, checkpointFormats } from "@monosema/sdl";
import { bareWeights } from "./layouts/bareWeights.js";
import { crosscode } from "./layouts/crosscode.js";
import { dictionaryLearning } from "./layouts/dictionaryLearning/dictionaryLearning.js";
import { gemmaScope } from "./layouts/gemmaScope.js";
import { openai } from "./layouts/openai.js";
import { openMoss } from "./layouts/openMoss.js";
import { rfTopK } from "./layouts/rfTopK.js";
import { sparsify } from "./layouts/sparsify.js";

/** All layouts that are read, ours first; the first that recognises some files reads them. */
export const dictionaryFormats: readonly CheckpointFormat[] = [
  ...checkpointFormats,
  dictionaryLearning,
  sparsify,
  openMoss,
  crosscode,
  openai,
  rfTopK,
  gemmaScope,
  bareWeights,
];
