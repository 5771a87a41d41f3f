import { Worker } from "node:worker_threads";
import { heartbeat } from "./heartbeat.js";
import { interruption } from "./interrupted.js";
import { leftovers } from "./leftovers.js";
import type { CommandThread, FromCommand, ToCommand } from "./messages.js";
import { outlet } from "./outlet.js";

/** Milliseconds that a command which stops by itself has for it; one that has heard of it may save its work to the end. */
const GRACE = 700;
/** Milliseconds that the thread has to end once it is told to, before the process does. */
const LAST = 250;

/**
 * Runs a command line in a thread of its own and watches over it: whatever it computes, SIGINT and SIGTERM end it within a second,
 * nothing half-written stays, and a reader of its output that goes away does not end it.
 *
 * @param args - arguments after the program name
 * @returns exit status: 0 done, 1 the run failed, 2 wrong usage or unreadable input, 130 interrupted
 */
export function supervise(args: readonly string[]): Promise<number> {
  const [out, err] = [outlet(process.stdout), outlet(process.stderr)];
  const facts = ({ isTTY, columns }: NodeJS.WriteStream) => ({
    isTTY: isTTY === true,
    columns: columns ?? (Number(process.env.COLUMNS) || 80),
  });
  const workerData: CommandThread = { args, out: facts(process.stdout), err: facts(process.stderr) };
  const thread = new Worker(new URL("./thread.js", import.meta.url), { workerData });
  const send = (message: ToCommand): void => thread.postMessage(message);
  const beat = heartbeat({ write: err.write, isTTY: workerData.err.isTTY });
  const left = leftovers();
  let kept: string | undefined;
  let [stopsItself, stopping] = [false, false];
  let ended: number | undefined;

  const receive = (message: FromCommand): void => {
    if ("text" in message) {
      const erased = beat.before(message.text);
      if (erased !== "") err.write(erased);
      (message.kind === "out" ? out : err).write(message.text);
    } else if (message.kind === "news") {
      const { news } = message;
      if (news.doing !== undefined) beat.doing(news.doing);
      kept = news.keeps ?? kept;
      stopsItself = news.stopsItself ?? stopsItself;
    } else if (message.kind === "stopping") {
      stopping = true;
    } else if (message.kind === "ended") {
      ended = message.status;
      void thread.terminate();
    } else {
      left[message.kind](message.path);
    }
  };
  thread.on("message", receive);

  /** The last words; exit status. */
  const finish = (): number => {
    left.clear();
    if (ended === undefined) err.write(`${beat.before("\n")}monosema: ${interruption(kept)}\n`);
    const failure = out.failure();
    if (failure === undefined) return ended ?? 130;
    err.write(
      `monosema: standard output must be writable, got "${failure.message}"; free space or send it elsewhere\n`,
    );
    return ended || 1;
  };
  const end = (): void => {
    void thread.terminate();
    setTimeout(() => process.exit(finish()), LAST).unref();
  };
  let asked = false;
  const stop = (): void => {
    if (asked || !stopsItself) {
      end();
      return;
    }
    asked = true;
    send({ kind: "stop" });
    const look = (): void => {
      if (stopping && stopsItself) setTimeout(look, 50).unref();
      else end();
    };
    setTimeout(() => {
      if (stopping && stopsItself) err.write(`${beat.before("\n")}saving; a second signal ends at once\n`);
      look();
    }, GRACE).unref();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  process.stderr.on("resize", () => send({ kind: "columns", columns: process.stderr.columns }));

  return new Promise((resolve) => {
    thread.on("error", (error) => {
      ended = 1;
      err.write(`monosema: ${crash(error)}${kept === undefined ? "" : `\n${kept}`}\n`);
    });
    thread.on("exit", () => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      resolve(finish());
    });
  });
}

/** What is said of an error that the command did not expect. */
function crash(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY")
    return "memory must hold the work, it is full; take a smaller file or batch, or raise NODE_OPTIONS=--max-old-space-size";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
