/** Shows that a command works where nothing else is heard of it for a while. */
export interface Heartbeat {
  /** Sets what is going on. */
  readonly doing: (what: string) => void;
  /** Text that is about to be written to standard error or output: returns what must come before it. */
  readonly before: (text: string) => string;
}

/** Options of {@link heartbeat}. */
export interface HeartbeatOptions {
  /** Writes to standard error. */
  readonly write: (text: string) => void;
  /** Whether a person looks at it: one line is redrawn. */
  readonly isTTY: boolean;
}

/** Milliseconds of silence before the first line. */
const SILENCE = 2000;
/** Milliseconds between plain lines. */
const PLAIN = 10_000;

const ERASE = "\r\u001b[2K";

/** Starts a heartbeat: a line after two seconds of silence, redrawn each second on a terminal, else another each ten seconds. */
export function heartbeat({ write, isTTY }: HeartbeatOptions): Heartbeat {
  let what: string | undefined;
  let [since, heard, drawn] = [performance.now(), performance.now(), Number.NEGATIVE_INFINITY];
  let [beating, open] = [false, false];
  const beat = (): void => {
    const now = performance.now();
    if (what === undefined || open || now - heard < SILENCE || now - drawn < (isTTY ? 0 : PLAIN)) return;
    drawn = now;
    const line = `${what}, ${Math.round((now - since) / 1000)} s so far`;
    write(isTTY ? `${ERASE}${line}` : `${line}\n`);
    beating = isTTY;
  };
  setInterval(beat, 1000).unref();
  return {
    doing(next) {
      what = next;
      since = performance.now();
      heard = since;
      drawn = Number.NEGATIVE_INFINITY;
    },
    before(text) {
      heard = performance.now();
      drawn = Number.NEGATIVE_INFINITY;
      open = !(text.endsWith("\n") || text.endsWith(ERASE)); // a line of progress that will be redrawn
      const erased = beating ? ERASE : "";
      beating = false;
      return erased;
    },
  };
}
