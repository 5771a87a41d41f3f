import type { Batch, BatchSource } from "./batch.js";

/** A source of batches for one of several runs that take the same ones. */
export interface SharedSource extends BatchSource {
  /** The batch of step `step`, counted from 1. */
  readonly batch: (step: number) => Promise<Batch>;
  /** Says that the run asks for no more; the others no longer wait for it. */
  readonly end: () => void;
}

/** Steps that a run may be ahead of the slowest. */
const ahead = 1;

/**
 * The same batches for several runs that go on together, such as trainings on one backend: each is read once, when the first run asks for it,
 * and kept until all have had it. A run that is more than a step ahead waits for the others. Batches of earlier steps, which resampling
 * looks at, are read again.
 *
 * @param runs - their number; each must `end`, also where it fails
 */
export function sharedBatches(source: BatchSource, runs: number): readonly SharedSource[] {
  /** The last step that each run has asked for; infinite once it has ended. */
  const at: number[] = Array.from({ length: runs }, () => 0);
  const held = new Map<number, Promise<Batch>>();
  let waiting: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const slowest = (): number => Math.min(...at);
  const move = (run: number, step: number): void => {
    at[run] = step;
    for (const known of held.keys()) if (known < slowest()) held.delete(known);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  // Sources may keep what they read last: one read at a time.
  const read = (step: number): Promise<Batch> => {
    const batch = last.then(() => source.batch(step));
    last = batch.catch(() => {});
    return batch;
  };
  return at.map((_, run) => ({
    ...source,
    async batch(step) {
      if (step > (at[run] as number)) move(run, step);
      while (step > slowest() + ahead) await new Promise<void>((resolve) => void waiting.push(resolve));
      const known = held.get(step);
      if (known) return await known;
      const batch = read(step);
      if (step >= slowest()) held.set(step, batch);
      return await batch;
    },
    end: () => move(run, Number.POSITIVE_INFINITY),
  }));
}
