/**
 * The backend `tfjs-wasm`. Needs the packages @tensorflow/tfjs-core and @tensorflow/tfjs-backend-wasm.
 *
 * @module tfjs-wasm
 */
export { type TfjsWasmOptions, tfjsWasm, tfjsWasmWith, type WasmPaths } from "./tfjs/wasm.js";
