import type { Progress } from "../progress.js";
import type { Session } from "../session.js";

/** Progress of a comparison. */
export interface WatchedComparison {
  /** For `onProgress` of `compareDictionaries`. */
  readonly update: (label: string, done: number, total: number) => void;
  /** Removes the bar. */
  readonly end: () => void;
}

/** A bar for each phase, whose amount is known when it begins. */
export function watchedComparison(session: Session): WatchedComparison {
  let phase: { readonly label: string; readonly bar: Progress } | undefined;
  const end = (): void => {
    phase?.bar.end();
    session.doing(session.command);
  };
  return {
    update(label, done, total) {
      if (phase?.label !== label) {
        end();
        session.doing(label);
        phase = { label, bar: session.progress({ total, unit: "latents", from: done }) };
      }
      phase.bar.update(done, label);
    },
    end,
  };
}
