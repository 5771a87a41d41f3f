/**
 * Words of the control block at the start of the memory, as indices of an Int32Array. Each word that several threads write has a
 * cache line of its own.
 */
export const control = {
  /** Counts the runs; idle workers wait for its change. */
  generation: 16,
  /** Number of workers inside the run, plus {@link openBit} while it takes more in. */
  state: 32,
  /** Next chunk of the run. */
  next: 48,
  /** Position of the run's kernel among the exports. */
  kernel: 64,
  /** Chunks of the run. */
  chunks: 65,
  /** Arguments of the run. */
  count: 66,
  /** 1 when the workers have to end. */
  ending: 80,
  /** 1 + the first thread that failed, else 0. */
  failed: 96,
  /** Bytes of the text that says why. */
  failureLength: 97,
  /** Signs of life of each thread, a line per thread. */
  pulse: 128,
  /** Words between the signs of life of two threads. */
  pulseStride: 16,
} as const;

/** The bit of the state that lets workers in. */
export const openBit = 0x10000;
/** Most threads. */
export const mostThreads = 64;
/** Loads before a thread that waits for others sleeps. */
export const spins = 20_000;
/** Most arguments of a kernel besides chunk and thread. */
export const mostArguments = 64;

const argumentsAt = 8192;
const failureAt = 12_288;
const failureBytes = 4096;
/** The static data of the kernels start here, and the heap at twice this place. */
const controlBytes = 32_768;

/** Views of the control block; valid after growth too where the memory is shared. */
export interface ControlViews {
  /** Its words. */
  readonly words: Int32Array;
  /** Arguments of the run. */
  readonly values: Float64Array;
  /** Text of a failure, UTF-8. */
  readonly failure: Uint8Array;
}

/** Views of the control block of a memory. */
export function controlViews({ buffer }: WebAssembly.Memory): ControlViews {
  return {
    words: new Int32Array(buffer, 0, controlBytes / 4),
    values: new Float64Array(buffer, argumentsAt, mostArguments),
    failure: new Uint8Array(buffer, failureAt, failureBytes),
  };
}
