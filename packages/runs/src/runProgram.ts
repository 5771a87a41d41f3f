import { fork } from "node:child_process";
import { JobError } from "./failure.js";

/** Characters of its error output that are kept for messages. */
const kept = 4000;
/** Milliseconds that a program has to save its work when it is told to end. */
const grace = 10_000;
/** Exit status of a program that was used wrongly: another attempt would end in the same way. */
const misused = 2;

/** Options of {@link runProgram}. */
export interface ProgramOptions {
  /** Tells the program to end: SIGTERM, and after ten seconds SIGKILL. */
  readonly signal: AbortSignal;
}

/**
 * Runs a program of Node in a process that ends with this one, and gives what it writes on standard output.
 *
 * @param module - path of the program
 * @throws JobError with the end of its error output where it ends with another status than 0; final where that is 2, wrong usage
 */
export async function runProgram(module: string, args: readonly string[], { signal }: ProgramOptions): Promise<string> {
  signal.throwIfAborted();
  const preload = new URL("./endWithParent.js", import.meta.url).href;
  const child = fork(module, args, {
    execArgv: ["--import", preload],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let [out, err] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err = (err + text).slice(-kept);
  });
  let last: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill("SIGTERM");
    last = setTimeout(() => child.kill("SIGKILL"), grace);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const ended = await new Promise<number | string>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, by) => resolve(code ?? by ?? "unknown"));
    });
    signal.throwIfAborted();
    if (ended === 0) return out;
    const message = err.trim() || `the program must end with status 0, got ${ended}; run it again`;
    throw new JobError(message, typeof ended === "string" ? "lost" : ended === misused ? "final" : "failed");
  } finally {
    clearTimeout(last);
    signal.removeEventListener("abort", stop);
  }
}
