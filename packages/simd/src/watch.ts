import { control } from "./control.js";

/** Time between two looks, in milliseconds. */
export const lookTime = 250;
/** Looks without a sign of life after which a worker counts as lost: 10 seconds, since a busy machine may leave a thread without its turn for some. */
const mostStill = 40;

/**
 * Watches the signs of life of the workers. What it returns is called often and gives the number of a lost thread, if any. Time is
 * counted in looks, not by the clock, so that a machine that slept has lost nothing.
 */
export function watchWorkers(words: Int32Array, threads: number): () => number | undefined {
  const seen = new Int32Array(threads);
  const still = new Int32Array(threads);
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < lookTime) return undefined;
    last = now;
    for (let thread = 1; thread < threads; thread++) {
      const pulse = Atomics.load(words, control.pulse + thread * control.pulseStride);
      still[thread] = pulse === seen[thread] ? (still[thread] as number) + 1 : 0;
      seen[thread] = pulse;
      if ((still[thread] as number) >= mostStill) return thread;
    }
    return undefined;
  };
}
