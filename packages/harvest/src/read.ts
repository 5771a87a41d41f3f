/**
 * The files of activations that people have. Safe in a browser.
 *
 * @module read
 */
export type { Files } from "./files.js";
export type { ActivationFormat, ActivationOrigin, Activations } from "./read/activationFormat.js";
