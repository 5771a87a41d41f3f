import type { Delivery } from "./attempt.js";
import type { Job } from "./job.js";

/** Delivers jobs to workers, each at least once until it is done. What it forgets is submitted again: results live in the store. */
export interface Engine {
  /** What it is, for messages. */
  readonly name: string;
  /** Adds jobs; one that waits or runs already stays one, one that was given up is tried again. */
  readonly submit: (jobs: readonly Job[]) => Promise<void>;
  /**
   * Takes jobs until the signal is aborted, or, with `drain`, until none is left.
   *
   * @param handle - does one; a rejection is a failed attempt, which is delivered again a few times unless the error is final; one that
   *   is refused is left to other workers, where there are others
   */
  readonly work: (handle: Handle, options: WorkOptions) => Promise<void>;
  /** How many wait, run and have failed for good. */
  readonly counts: () => Promise<EngineCounts>;
  /** Takes back what waits. */
  readonly cancel: () => Promise<void>;
  /** Ends the connection. */
  readonly close: () => Promise<void>;
}

/** An engine that cannot be used. */
export class EngineError extends Error {
  /** `EngineError`. */
  override readonly name = "EngineError";
}

/** Does a delivered job. */
export type Handle = (job: Job, delivery: Delivery) => Promise<unknown>;

/** Options of {@link Engine.work}. */
export interface WorkOptions {
  /** Ends the work: what runs is aborted. */
  readonly signal: AbortSignal;
  /** Whether to end when nothing waits or runs. */
  readonly drain: boolean;
  /** Jobs at a time; 0, where others work, only waits. */
  readonly workers: number;
}

/** Jobs of an engine by what they do. */
export interface EngineCounts {
  /** Not begun. */
  readonly waiting: number;
  /** Being done. */
  readonly running: number;
  /** Given up. */
  readonly failed: number;
}
