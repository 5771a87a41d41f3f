import { BackendError } from "@monosema/tensor";
import { platform } from "#platform";
import { control, controlViews, mostArguments, mostThreads, openBit, spins } from "./control.js";
import type { KernelName } from "./generated/kernelNames.js";
import { instantiate, type Kernel } from "./instance.js";
import type { RunningWorker } from "./platform/platform.js";
import { lookTime, watchWorkers } from "./watch.js";

/** Threads that run kernels on one memory; the caller is thread 0. */
export interface Pool<Name extends string = KernelName> {
  /** Threads, the caller included. */
  readonly threads: number;
  /**
   * Calls `kernel(chunk, thread, ...values)` for every chunk from 0 to chunks - 1 and returns when all are done. Chance decides which
   * thread takes which chunk, and whether a thread takes any. A chunk should take well below a second: a worker that is silent for
   * 10 seconds counts as lost.
   *
   * @throws BackendError `kernel-failed` where a kernel fails, `thread-lost` where a worker has ended, `pool-closed` afterwards
   */
  run(kernel: Name, chunks: number, ...values: number[]): void;
  /** Calls `kernel(...values)` on the caller's thread; 0 where it returns nothing. Fails as {@link Pool.run} does. */
  call(kernel: Name, ...values: number[]): number;
  /** Ends the workers and waits for their end. */
  close(): Promise<void>;
}

/** Options of {@link openPool}. */
export interface PoolOptions {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  /** The memory they work on; its first 64 KiB belong to the pool. Shared where there are several threads. */
  readonly memory: WebAssembly.Memory;
  /** Threads from 1 to 64, the caller included. */
  readonly threads: number;
}

/** A worker that does not end by itself is ended after this many milliseconds. */
const endPatience = 2000;

/**
 * Starts the workers of a pool and waits until they have their kernels.
 *
 * @throws BackendError `no-threads` where a worker cannot start
 */
export async function openPool<Name extends string = KernelName>({
  module,
  memory,
  threads,
}: PoolOptions): Promise<Pool<Name>> {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads) {
    throw new RangeError(`openPool: threads must be a whole number from 1 to ${mostThreads}, got ${threads}`);
  }
  const kernels = instantiate<Name>(module, memory);
  const position = new Map(Object.keys(kernels).map((name, i) => [name, i]));
  const { words, values: slots, failure } = controlViews(memory);
  const lostWorker = watchWorkers(words, threads);
  const maySleep = canSleep(words);
  let broken: string | undefined;
  let closing: Promise<void> | undefined;

  const fail = (code: string, message: string, cause?: unknown): BackendError => {
    broken ??= message;
    return new BackendError(code, `${message}; close this backend and open a new one`, { cause });
  };
  const failed = (name: Name, thread: number, cause: unknown) =>
    fail("kernel-failed", `run: kernel ${name} must not fail, got "${cause}" in thread ${thread}`, cause);
  const lost = (thread: number) =>
    fail("thread-lost", `run: every thread must live, got no sign of life from thread ${thread} for 10 seconds`);

  const kernelOf = (name: Name, values: number): Kernel => {
    if (closing !== undefined) throw fail("pool-closed", "run: the threads must be open, got closed ones");
    if (broken !== undefined) throw fail("pool-closed", `run: the threads must be sound, got an earlier "${broken}"`);
    const kernel: Kernel | undefined = kernels[name];
    if (kernel?.length === values) return kernel;
    throw new Error(`internal: kernel ${name} takes ${kernel?.length} numbers, got ${values}`);
  };

  /** Waits until no worker is inside the run any more. */
  const settle = (): void => {
    for (let spin = 1; ; spin++) {
      const inside = Atomics.load(words, control.state);
      if (inside === 0) return;
      if (spin % spins !== 0) continue;
      const thread = lostWorker();
      if (thread !== undefined) throw lost(thread);
      if (maySleep) Atomics.wait(words, control.state, inside, lookTime);
    }
  };

  const runShared = (name: Name, kernel: Kernel, chunks: number, values: readonly number[]): void => {
    const thread = lostWorker();
    if (thread !== undefined) throw lost(thread);
    slots.set(values);
    Atomics.store(words, control.kernel, position.get(name) as number);
    Atomics.store(words, control.chunks, chunks);
    Atomics.store(words, control.count, values.length);
    Atomics.store(words, control.next, 0);
    Atomics.store(words, control.state, openBit);
    Atomics.add(words, control.generation, 1);
    Atomics.notify(words, control.generation, Math.min(threads, chunks) - 1);
    let error: BackendError | undefined;
    try {
      const take = () => Atomics.add(words, control.next, 1);
      for (let chunk = take(); chunk < chunks; chunk = take()) kernel(chunk, 0, ...values);
    } catch (cause) {
      Atomics.store(words, control.next, chunks);
      error = failed(name, 0, cause);
    }
    Atomics.and(words, control.state, ~openBit);
    settle();
    if (error !== undefined) throw error;
    const failing = Atomics.load(words, control.failed) - 1;
    if (failing >= 0) throw failed(name, failing, failureText());
  };

  // TextDecoder refuses shared memory, so the text is copied.
  const failureText = () => new TextDecoder().decode(failure.slice(0, Atomics.load(words, control.failureLength)));

  const workers: RunningWorker[] = [];
  const close = async (): Promise<void> => {
    if (threads === 1) return; // the views may be detached
    Atomics.store(words, control.ending, 1);
    Atomics.add(words, control.generation, 1);
    Atomics.notify(words, control.generation);
    await Promise.all(workers.map((worker) => worker.end(endPatience)));
  };
  words.fill(0);
  try {
    for (let thread = 1; thread < threads; thread++) {
      const onEnd = (reason: string) => {
        if (closing === undefined) broken ??= `end of thread ${thread}: ${reason}`;
      };
      workers.push(platform.startWorker({ module, memory, thread }, onEnd));
    }
    await Promise.all(workers.map(({ ready }) => ready));
  } catch (cause) {
    await close();
    const wanted = `openPool: ${threads - 1} workers must start, got "${cause}"`;
    throw new BackendError("no-threads", `${wanted}; ask for one thread`, { cause });
  }

  return {
    threads,
    run(name, chunks, ...values) {
      const kernel = kernelOf(name, values.length + 2);
      if (values.length > mostArguments) throw new Error(`internal: kernel ${name} takes too many numbers`);
      if (threads > 1 && chunks > 1) return runShared(name, kernel, chunks, values);
      try {
        for (let chunk = 0; chunk < chunks; chunk++) kernel(chunk, 0, ...values);
      } catch (cause) {
        throw failed(name, 0, cause);
      }
    },
    call(name, ...values) {
      const kernel = kernelOf(name, values.length);
      try {
        return kernel(...values) ?? 0;
      } catch (cause) {
        throw failed(name, 0, cause);
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Whether this thread may sleep: the main thread of a page may not. */
function canSleep(words: Int32Array): boolean {
  try {
    Atomics.wait(words, control.generation, -1, 0);
    return true;
  } catch {
    return false;
  }
}
