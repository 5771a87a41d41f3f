import type { Progress } from "../progress.js";
import type { Session } from "../session.js";
import { partOf } from "./part.js";

/** A run among others. */
export interface TogetherRun {
  /** What its warnings begin with. */
  readonly name: string;
  /** Its steps. */
  readonly steps: number;
}

/** Runs that go on side by side. */
export interface Together {
  /** The session of each. */
  readonly parts: readonly Session[];
  /** Ends the line of progress; ask for it when all have ended. */
  readonly end: () => void;
}

const silent: Progress = { update: () => {}, say: () => {}, end: () => {} };

/**
 * Sessions of runs that go on side by side: one line of progress counts the steps of all, and the command stops by itself until all have
 * ended.
 *
 * @param common - warnings that all runs share
 */
export function together(session: Session, runs: readonly TogetherRun[], common: readonly string[]): Together {
  const done = runs.map(() => 0);
  const bar = session.progress({ total: runs.reduce((sum, { steps }) => sum + steps, 0) });
  session.stopsItself(true);
  return {
    parts: runs.map(({ name }, run) => ({
      ...partOf(session, name, common),
      stopsItself: () => {},
      // Lines of training count steps; what follows it is a small part of the time.
      progress: ({ unit }) => ({
        ...silent,
        update(step, label) {
          if (unit !== undefined) return;
          done[run] = step;
          bar.update(
            done.reduce((a, b) => a + b, 0),
            `${name}: ${label}`,
          );
        },
      }),
    })),
    end() {
      session.stopsItself(false);
      bar.end();
    },
  };
}
