/**
 * The fast CPU backend: WebAssembly SIMD on worker threads, in Node and in the browser.
 *
 * @module index
 */
export { openSimd, type SimdOptions, simd, simdWith } from "./open.js";
export { type Tier, tiers } from "./tierKinds.js";
