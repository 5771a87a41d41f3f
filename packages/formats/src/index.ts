/**
 * Dictionaries that other programs wrote: one file per layout, for `readCheckpoint` of @monosema/sdl. Safe in a browser.
 *
 * @module index
 */
export { dictionaryFormats } from "./dictionaryFormats.js";
export { dictionaryLearning } from "./layouts/dictionaryLearning/dictionaryLearning.js";
export { sparsify } from "./layouts/sparsify.js";
