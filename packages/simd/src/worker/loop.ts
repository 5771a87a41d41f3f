import { type ControlViews, control, controlViews, openBit, spins } from "../control.js";
import { instantiate, type Kernel } from "../instance.js";

/** What a worker is started with. */
export interface WorkerStart {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  /** The shared memory. */
  readonly memory: WebAssembly.Memory;
  /** Number of the thread, from 1. */
  readonly thread: number;
}

/** A sleeping worker wakes this often, in milliseconds, to show that it lives. */
const pulseTime = 1000;

/** Instantiates the kernels, calls `ready`, and works on run after run until the pool is closed. */
export function workerLoop({ module, memory, thread }: WorkerStart, ready: () => void): void {
  const kernels = Object.values(instantiate(module, memory));
  const views = controlViews(memory);
  const { words } = views;
  const pulse = control.pulse + thread * control.pulseStride;
  ready();
  for (;;) {
    const generation = Atomics.load(words, control.generation);
    if (Atomics.load(words, control.ending) !== 0) return;
    if (enter(words)) {
      work(kernels, views, thread, pulse);
      if (Atomics.sub(words, control.state, 1) === 1) Atomics.notify(words, control.state);
    }
    for (let spin = 0; Atomics.load(words, control.generation) === generation; spin++) {
      if (spin < spins) continue;
      Atomics.add(words, pulse, 1);
      Atomics.wait(words, control.generation, generation, pulseTime);
    }
    Atomics.add(words, pulse, 1);
  }
}

/** Joins the run unless it is closed. Once inside, the run's words stay as they are until the worker leaves. */
function enter(words: Int32Array): boolean {
  for (;;) {
    const state = Atomics.load(words, control.state);
    if ((state & openBit) === 0) return false;
    if (Atomics.compareExchange(words, control.state, state, state + 1) === state) return true;
  }
}

function work(kernels: readonly Kernel[], views: ControlViews, thread: number, pulse: number): void {
  const { words, values } = views;
  const kernel = kernels[Atomics.load(words, control.kernel)] as Kernel;
  const chunks = Atomics.load(words, control.chunks);
  const given = Array.from(values.subarray(0, Atomics.load(words, control.count)));
  try {
    for (let chunk = take(words); chunk < chunks; chunk = take(words)) {
      kernel(chunk, thread, ...given);
      Atomics.add(words, pulse, 1);
    }
  } catch (error) {
    report(views, thread, error);
  }
}

function take(words: Int32Array): number {
  return Atomics.add(words, control.next, 1);
}

/** Leaves the text of the first failure in the control block and takes the remaining chunks away. */
function report({ words, failure }: ControlViews, thread: number, error: unknown): void {
  if (Atomics.compareExchange(words, control.failed, 0, thread + 1) !== 0) return;
  const text = new TextEncoder().encode(String(error)).subarray(0, failure.length);
  failure.set(text);
  Atomics.store(words, control.failureLength, text.length);
  Atomics.store(words, control.next, Atomics.load(words, control.chunks));
}
