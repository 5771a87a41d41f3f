import type { WorkerStart } from "../worker/loop.js";

/** What differs between Node and pages. */
export interface Platform {
  /** Engine and version, such as `Node 24.21.0 (V8 13.6)`. */
  readonly engine: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Why there is one thread only, and what helps; undefined where memory can be shared. */
  readonly unshared?: string;
  /** Turns on relaxed SIMD where it is behind a flag. Before any module is compiled. */
  enableRelaxedSimd(): void;
  /** Lets the engine join pairs of vectors, an experiment of V8; false where it has none. For the whole process, and for good. */
  enableRevectorize(): boolean;
  /** Starts a worker; `onEnd` is called once when it ends, whatever the reason, given in words. */
  startWorker(start: WorkerStart, onEnd: (reason: string) => void): RunningWorker;
}

/** A worker of {@link Platform.startWorker}. */
export interface RunningWorker {
  /** Settles when the worker has its kernels; rejects where it cannot start. */
  readonly ready: Promise<void>;
  /** Settles when it has ended; it is made to where it has not after `patience` milliseconds. */
  end(patience: number): Promise<void>;
}
