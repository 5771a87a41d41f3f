import type { Failure } from "../failure.js";
import type { Job, Json } from "../job.js";

/**
 * Where jobs and their results live. Results are committed once, by creating what must not be there yet, so that any engine will do that
 * delivers at least once - even one that loses its queue.
 */
export interface Store {
  /** Where it is, for messages. */
  readonly name: string;
  /** Keeps jobs, in this order, under the hash of the list; jobs that are kept already stay one. */
  readonly put: (jobs: readonly Job[]) => Promise<Manifest>;
  /** Names of the jobs of a list, by its path or address; undefined where there is none. */
  readonly manifest: (path: string) => Promise<readonly string[] | undefined>;
  /** A job; undefined where it is not kept. */
  readonly job: (id: string) => Promise<Job | undefined>;
  /** All jobs, in the order of their manifests. */
  readonly jobs: () => Promise<readonly Job[]>;
  /** The result of a job; undefined while there is none. */
  readonly result: (id: string) => Promise<JobResult | undefined>;
  /** Jobs that have a result. */
  readonly done: () => Promise<ReadonlySet<string>>;
  /** Commits a result unless there is one; whether it did. */
  readonly commit: (result: JobResult) => Promise<boolean>;
  /** Makes the folder of a new attempt, with the newest complete state of any earlier one in it. */
  readonly begin: (id: string, token: string) => Promise<Attempt>;
  /** Attempts of a job that left something, and how far they came. */
  readonly attempts: (id: string) => Promise<readonly AttemptFacts[]>;
  /** Removes what a job with a result no longer needs: other attempts, and the states of the one that was committed. */
  readonly tidy: (result: JobResult) => Promise<void>;
  /** What the attempt of a result wrote, besides its states, in a folder of this machine. */
  readonly files: (result: Pick<JobResult, "id" | "attempt">) => Promise<AttemptFiles>;
  /** Keeps the message of a failed attempt. */
  readonly fail: (id: string, failure: JobFailure) => Promise<void>;
  /** Failures of a job, in order. */
  readonly failures: (id: string) => Promise<readonly JobFailure[]>;
  /** Forgets the failures of a job. */
  readonly forgive: (id: string) => Promise<void>;
}

/** Files of an attempt on this machine. */
export interface AttemptFiles {
  /** Their folder. */
  readonly folder: string;
  /** They are not needed any more: copies go. */
  readonly close: () => Promise<void>;
}

/** A list of jobs in a store. */
export interface Manifest {
  /** Its path or address. */
  readonly path: string;
  /** Jobs of it that were not in the store before. */
  readonly added: number;
}

/** What a job gave. */
export interface JobResult {
  /** The job. */
  readonly id: string;
  /** What it found: a document. */
  readonly value: Json;
  /** The attempt that was first. */
  readonly attempt: string;
  /** Attempts that had been begun by then. */
  readonly attempts: number;
  /** How far an earlier attempt had come that it went on from; 0 from the beginning. */
  readonly resumedFrom: number;
  /** Who ran it. */
  readonly worker: string;
  /** Seconds of this attempt. */
  readonly seconds: number;
}

/** One delivery of a job, in a folder of its own: one that is taken for dead cannot touch the work of another. */
export interface Attempt {
  /** Its name. */
  readonly token: string;
  /** Its folder on this machine; the path ends with its place in the store, `jobs/ID/attempt-TOKEN`. */
  readonly folder: string;
  /** Step of the state that lies in the folder; 0 without one. */
  readonly resumedFrom: number;
  /** Brings the newest complete state of the folder into the store; nothing to do where the folder lies in it. */
  readonly keepState: () => Promise<void>;
  /** Brings the files besides the states into the store, before the result is committed. */
  readonly keepFiles: () => Promise<void>;
  /** Removes the folder where it does not lie in the store. */
  readonly close: () => Promise<void>;
}

/** An attempt as the store knows it. */
export interface AttemptFacts {
  /** Its name. */
  readonly token: string;
  /** Step of its newest complete state; 0 without one. */
  readonly step: number;
}

/** Why an attempt failed. */
export interface JobFailure {
  /** The attempt. */
  readonly attempt: string;
  /** Who ran it. */
  readonly worker: string;
  /** What was wrong. */
  readonly message: string;
  /** Whether another attempt may do better. */
  readonly kind: Failure;
}

/** A store that cannot be used. */
export class StoreError extends Error {
  /** `StoreError`. */
  override readonly name = "StoreError";
}
