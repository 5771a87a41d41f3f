/**
 * A backend over a namespace of tfjs that the caller has imported: any engine.
 *
 * @module tfjs
 */
export type { TfEngineName, TfNamespace } from "./tfjs/namespace.js";
export { tfjsBackend } from "./tfjs/tfjsBackend.js";
export type { TfjsOptions } from "./tfjs/tfjsOptions.js";
