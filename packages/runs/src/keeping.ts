import { setTimeout } from "node:timers/promises";
import type { Attempt } from "./store/store.js";

/** Milliseconds between two looks for a new state. */
const pause = 2000;

/** Works on an attempt while its states are kept as they come. */
export async function keepingStates<T>({ keepState }: Attempt, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const keeping = keepUntil(ended.signal, keepState);
  try {
    return await work();
  } finally {
    ended.abort();
    await keeping;
  }
}

async function keepUntil(ended: AbortSignal, keepState: Attempt["keepState"]): Promise<void> {
  while (!ended.aborted) {
    await setTimeout(pause, undefined, { signal: ended }).catch(() => {});
    // A state that cannot be kept now costs no more than the way from an older one; results are kept or the attempt fails.
    await keepState().catch(() => {});
  }
}
