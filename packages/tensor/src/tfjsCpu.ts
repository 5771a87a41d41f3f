/**
 * The backend `tfjs-cpu`. Needs the packages @tensorflow/tfjs-core and @tensorflow/tfjs-backend-cpu.
 *
 * @module tfjs-cpu
 */
export { tfjsCpu } from "./tfjs/cpu.js";
