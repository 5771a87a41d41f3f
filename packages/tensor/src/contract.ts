/**
 * The contract of every backend as a suite of tests, for authors of backends.
 *
 * @module contract
 */
export { type BackendExpectations, backendContract } from "./contract/backendContract.js";
export { float32Tolerance } from "./contract/fixture.js";
export type { Expected, Matchers, TestFunctions } from "./contract/testFunctions.js";
