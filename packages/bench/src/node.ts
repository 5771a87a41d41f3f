/**
 * Batches from worker threads and data sets as files, for Node.
 *
 * @module node
 */
export { type ParallelBatches, type ParallelBatchesOptions, parallelBatches } from "./node/parallelBatches.js";
