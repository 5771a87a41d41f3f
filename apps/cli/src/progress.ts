import { formatSeconds, formatWhole } from "@monosema/experiments/format";

/** Where progress is written; a Node stream such as standard error fits. */
export interface ProgressStream {
  /** Writes text. */
  readonly write: (text: string) => unknown;
  /** Whether a person looks at it: one line is redrawn instead of many. */
  readonly isTTY?: boolean;
  /** Characters per line. */
  readonly columns?: number;
}

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** Amount of the whole work, in `unit`; absent where nobody knows. */
  readonly total?: number;
  /** What is counted, in the plural. Default `steps`. */
  readonly unit?: string;
  /** Amount that was done before, such as the step of a resumed run; not counted in the rate. Default 0. */
  readonly from?: number;
  /** Writes nothing. Default false. */
  readonly quiet?: boolean;
  /** Milliseconds between lines: 100 on a terminal, else 2000. */
  readonly interval?: number;
  /** Clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** Progress of a running command. */
export interface Progress {
  /** Sets the amount done and what is going on; drawn when the interval has passed. */
  readonly update: (done: number, label: string) => void;
  /** Writes a line that stays. */
  readonly say: (line: string) => void;
  /** Removes the redrawn line. */
  readonly end: () => void;
}

/** Progress with share, rate and remaining time: a redrawn line on a terminal, throttled plain lines elsewhere. */
export function progress(stream: ProgressStream, options: ProgressOptions): Progress {
  const { total, unit = "steps", from = 0, quiet = false, now = () => performance.now() } = options;
  const live = stream.isTTY === true;
  const { interval = live ? 100 : 2000 } = options;
  const started = now();
  let drawn = Number.NEGATIVE_INFINITY;
  let line = "";
  const clear = (): void => {
    if (line !== "") stream.write("\r\u001b[2K");
  };
  if (quiet) return { update: () => {}, say: () => {}, end: () => {} };
  return {
    update: (done, label) => {
      const time = now();
      if (time - drawn < interval && done !== total) return;
      drawn = time;
      const seconds = (time - started) / 1000;
      const facts =
        total === undefined ? countOf(done, { unit, from }, seconds) : factsOf(done, { total, unit, from }, seconds);
      if (!live) {
        stream.write(`${label}  ${facts}\n`);
        return;
      }
      const width = (stream.columns ?? 80) - 1;
      const drawnBar = total === undefined ? "" : `${bar(done / total, Math.max(8, Math.min(24, width - 64)))} `;
      line = `${drawnBar}${facts}  ${label}`.slice(0, width);
      stream.write(`\r\u001b[2K${line}`);
    },
    say: (text) => {
      clear();
      stream.write(`${text}\n${line}`);
    },
    end: () => {
      clear();
      line = "";
    },
  };
}

function countOf(
  done: number,
  { unit, from }: { readonly unit: string; readonly from: number },
  seconds: number,
): string {
  const rate = (done - from) / seconds;
  return `${formatWhole(done)} ${unit}${rate > 0 && Number.isFinite(rate) ? `  ${formatWhole(rate)} ${unit}/s` : ""}`;
}

function factsOf(
  done: number,
  { total, unit, from }: Pick<Required<ProgressOptions>, "total" | "unit" | "from">,
  seconds: number,
): string {
  const share = `${Math.floor((100 * done) / total)}%`.padStart(4);
  const rate = (done - from) / seconds;
  if (!(rate > 0 && Number.isFinite(rate))) return share;
  const left = done < total ? `${formatSeconds((total - done) / rate)} left` : `in ${formatSeconds(seconds)}`;
  return `${share}  ${rate < 100 ? rate.toFixed(1) : formatWhole(rate)} ${unit}/s  ${left}`;
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${"=".repeat(full)}${" ".repeat(width - full)}]`;
}
