import { Worker } from "node:worker_threads";
import type { BenchBatch } from "../data/batches.js";
import type { BenchParts } from "../data/benchParts.js";

/** What a worker is started with. */
export interface WorkerStart {
  /** All that batches are made of. */
  readonly parts: BenchParts;
  /** Samples of a batch. */
  readonly batchSize: number;
  /** Seed of the order of the samples. */
  readonly order: number;
}

/** What a worker says of a step. */
export interface BatchAnswer {
  /** The step. */
  readonly step: number;
  /** Its batch. */
  readonly batch?: BenchBatch;
  /** What went wrong instead. */
  readonly error?: string;
}

/** Threads that make batches. They do not keep the process alive. */
export interface BatchWorkers {
  /** Has an idle thread, or the one with the least to do, make the batch of a step; rejects where the thread has ended. */
  request(step: number): Promise<BenchBatch>;
  /** Whether somebody waits for a batch: then the threads do keep the process alive. */
  keepAlive(waiting: boolean): void;
  /** Ends the threads. */
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly open: Map<number, { resolve(batch: BenchBatch): void; reject(error: Error): void }>;
  lost?: Error;
}

/** Starts the threads; each copies the directions into its own memory. */
export function startBatchWorkers(start: WorkerStart, count: number): BatchWorkers {
  const threads = Array.from({ length: count }, () => startThread(start));
  return {
    request(step) {
      const thread = threads.reduce((least, other) => (other.open.size < least.open.size ? other : least));
      if (thread.lost !== undefined) return Promise.reject(thread.lost);
      return new Promise((resolve, reject) => {
        thread.open.set(step, { resolve, reject });
        thread.worker.postMessage(step);
      });
    },
    keepAlive(waiting) {
      for (const { worker } of threads) waiting ? worker.ref() : worker.unref();
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(start: WorkerStart): Thread {
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    workerData: start,
    execArgv: [],
    name: "monosema-batches",
  });
  const thread: Thread = { worker, open: new Map() };
  const end = (reason: string): void => {
    thread.lost ??= new Error(
      `parallelBatches: every thread must live, got one that ended (${reason}); close the source and open a new one`,
    );
    for (const { reject } of thread.open.values()) reject(thread.lost);
    thread.open.clear();
  };
  worker.on("message", ({ step, batch, error }: BatchAnswer) => {
    const waiting = thread.open.get(step);
    thread.open.delete(step);
    if (batch !== undefined) waiting?.resolve(batch);
    else waiting?.reject(new Error(error));
  });
  worker.on("error", (error) => end(String(error)));
  worker.on("exit", (code) => end(`exit code ${code}`));
  worker.unref();
  return thread;
}
