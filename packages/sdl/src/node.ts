/**
 * Checkpoints and training states as files.
 *
 * @module node
 */
export type { Checkpoint, CheckpointOrigin, Orientation, TensorDescription } from "./checkpoint/checkpoint.js";
export {
  type CheckpointDescription,
  type Dimensions,
  describeCheckpoint,
} from "./checkpoint/node/describeCheckpoint.js";
export { type LocatedCheckpoint, loadCheckpoint } from "./checkpoint/node/loadCheckpoint.js";
export { type SaveOptions, saveCheckpoint } from "./checkpoint/node/saveCheckpoint.js";
export {
  loadTrainingState,
  type SavedTrainingState,
  type SaveTrainingStateOptions,
  saveTrainingState,
} from "./checkpoint/node/trainingStates.js";
