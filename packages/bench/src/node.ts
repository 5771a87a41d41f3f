/**
 * Batches from worker threads and data sets as files, for Node.
 *
 * @module node
 */
export { type ParallelBatches, type ParallelBatchesOptions, parallelBatches } from "./node/parallelBatches.js";
export {
  type ReadSyntheticModelOptions,
  readSyntheticModel,
  type SyntheticModel,
} from "./node/syntheticModel/readSyntheticModel.js";
export {
  type WriteSyntheticModelOptions,
  type WrittenModel,
  writeSyntheticModel,
} from "./node/syntheticModel/writeSyntheticModel.js";
