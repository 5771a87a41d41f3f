/** The jobs that this worker holds, each for as long as it can say so to the server. */
export interface Leases {
  /** Holds a job; the signal is aborted when it has not been renewed for a whole lease, by the clock of this machine, or is lost. */
  readonly hold: (id: string) => Lease;
  /** They have been renewed. */
  readonly renew: (ids: readonly string[]) => void;
  /** Somebody else has them, or the server does not know them. */
  readonly lose: (ids: readonly string[]) => void;
}

/** A job that is held. */
export interface Lease {
  /** Aborted when it is held no longer. */
  readonly signal: AbortSignal;
  /** The work has ended. */
  readonly end: () => void;
}

/** How a lease ends too early: it was not renewed in time, or it is somebody else's. */
export type Loss = "expired" | "taken";

/**
 * Leases of so many milliseconds. They are measured here, not by the server: a worker that is cut off must stop by itself.
 *
 * @param onLost - hears of each that is lost
 */
export function openLeases(lease: number, onLost: (id: string, how: Loss) => void): Leases {
  const held = new Set<{ readonly id: string; readonly timer: NodeJS.Timeout; readonly lose: (how: Loss) => void }>();
  return {
    hold(id) {
      const lost = new AbortController();
      const lose = (how: Loss): void => {
        clearTimeout(own.timer);
        if (!held.delete(own)) return;
        onLost(id, how);
        lost.abort();
      };
      const timer = setTimeout(() => lose("expired"), lease);
      const own = { id, timer, lose };
      held.add(own);
      const end = (): void => {
        clearTimeout(timer);
        held.delete(own);
      };
      return { signal: lost.signal, end };
    },
    renew(ids) {
      for (const { id, timer } of held) if (ids.includes(id)) timer.refresh();
    },
    lose(ids) {
      for (const { id, lose } of [...held]) if (ids.includes(id)) lose("taken");
    },
  };
}
