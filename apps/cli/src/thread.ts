// The thread that runs a command; supervise.ts starts it.
import { parentPort, workerData } from "node:worker_threads";
import { nodeFileSystem } from "@monosema/tensor/node";
import type { Screen } from "./host.js";
import { Interrupted } from "./interrupted.js";
import { runCommand } from "./main.js";
import type { CommandThread, FromCommand, ScreenFacts, ToCommand } from "./messages.js";

const { args, out, err } = workerData as CommandThread;
const send = (message: FromCommand): void => parentPort?.postMessage(message);

const screen = (kind: "out" | "err", facts: ScreenFacts): Screen & { columns: number } => ({
  ...facts,
  write: (text) => send({ kind, text }),
});
const [stdout, stderr] = [screen("out", out), screen("err", err)];

const abort = new AbortController();
parentPort?.on("message", (message: ToCommand) => {
  if (message.kind === "columns") {
    stderr.columns = message.columns;
  } else {
    abort.abort(new Interrupted());
    send({ kind: "stopping" });
  }
});

const status = await runCommand(args, {
  fs: nodeFileSystem,
  signal: abort.signal,
  out: stdout,
  err: stderr,
  leftovers: {
    add: (path) => send({ kind: "add", path }),
    addFolder: (path) => send({ kind: "addFolder", path }),
    drop: (path) => send({ kind: "drop", path }),
  },
  tell: (news) => send({ kind: "news", news }),
});
send({ kind: "ended", status });
