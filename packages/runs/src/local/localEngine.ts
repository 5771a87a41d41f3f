import type { Engine, EngineCounts, Handle } from "../engine.js";
import { failureOf } from "../failure.js";
import type { Job } from "../job.js";
import { newToken } from "../token.js";

/** Options of {@link localEngine}. */
export interface LocalEngineOptions {
  /** Attempts of a job that fails, before it is given up. Default 3. */
  readonly attempts?: number;
}

/** Workers that a job may lose before it is given up: it may be what kills them. */
const losses = 20;

/** A job that was taken, and how often it failed or lost its worker. */
interface Taken {
  readonly job: Job;
  readonly failed: number;
  readonly lost: number;
}

/**
 * The engine that needs nothing: this process holds the queue, and the work runs in child processes of it. Killed, it is started again
 * with the same jobs: what is done is in the store.
 */
export function localEngine({ attempts = 3 }: LocalEngineOptions = {}): Engine {
  const known = new Set<string>();
  const waiting: Taken[] = [];
  const givenUp = new Set<string>();
  let running = 0;
  let wake = (): void => {};

  const attempt = async ({ job, failed: before, lost }: Taken, handle: Handle, signal: AbortSignal): Promise<void> => {
    running += 1;
    try {
      await handle(job, { token: newToken(), signal });
      known.delete(job.id);
    } catch (error) {
      if (signal.aborted) return;
      const kind = failureOf(error);
      const tried = { job, failed: before + (kind === "lost" ? 0 : 1), lost: lost + (kind === "lost" ? 1 : 0) };
      if (["final", "refused"].includes(kind) || tried.failed >= attempts || tried.lost >= losses) {
        givenUp.add(job.id);
        known.delete(job.id);
      } else waiting.push(tried);
    } finally {
      running -= 1;
      wake();
    }
  };

  return {
    name: "local",
    async submit(jobs) {
      for (const job of jobs) {
        if (known.has(job.id)) continue;
        known.add(job.id);
        givenUp.delete(job.id);
        waiting.push({ job, failed: 0, lost: 0 });
      }
      wake();
    },
    async work(handle, { signal, drain, workers }) {
      const stopped = (): void => wake();
      signal.addEventListener("abort", stopped);
      try {
        for (;;) {
          while (!signal.aborted && running < workers && waiting.length > 0)
            void attempt(waiting.shift() as Taken, handle, signal);
          if (running === 0 && (signal.aborted || (drain && waiting.length === 0))) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        signal.removeEventListener("abort", stopped);
      }
    },
    counts: async (): Promise<EngineCounts> => ({ waiting: waiting.length, running, failed: givenUp.size }),
    async cancel() {
      for (const { job } of waiting.splice(0)) known.delete(job.id);
      wake();
    },
    close: async () => {},
  };
}
