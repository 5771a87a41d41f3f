/**
 * Many jobs whose results live in a store, run by any engine that delivers at least once.
 *
 * @module index
 */
export {
  type Delivery,
  type Outcome,
  type RunJob,
  runAttempt,
  type Workplace,
} from "./attempt.js";
export { type Engine, type EngineCounts, EngineError, type Handle, type WorkOptions } from "./engine.js";
export { type Failure, failureOf, JobError } from "./failure.js";
export { canonicalJson, type Job, type JobInput, type JobSpec, type Json, jobOf } from "./job.js";
export { type LocalEngineOptions, localEngine } from "./local/localEngine.js";
export { type ProgramOptions, runProgram } from "./runProgram.js";
export { folderStore } from "./store/folderStore.js";
export { inParallel } from "./store/inParallel.js";
export type { Environment } from "./store/s3/s3Place.js";
export { type S3StoreOptions, s3Store } from "./store/s3Store.js";
export {
  type Attempt,
  type AttemptFacts,
  type AttemptFiles,
  type JobFailure,
  type JobResult,
  type Manifest,
  type Store,
  StoreError,
} from "./store/store.js";
export { newToken } from "./token.js";
export { workerName } from "./workerName.js";
