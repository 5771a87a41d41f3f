/**
 * The contract of every engine as a suite of tests, for authors of engines.
 *
 * @module contract
 */
export { type EngineExpectations, engineContract } from "./contract/engineContract.js";
