import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Platform, RunningWorker } from "./platform.js";

const { node, v8 } = process.versions;
const major = Number.parseInt(node, 10);

/** Node. */
export const platform: Platform = {
  engine: `Node ${node} (V8 ${v8}), ${process.arch}`,
  cores: availableParallelism(),
  enableRelaxedSimd() {
    if (major < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
  },
  enableRevectorize() {
    if (major < 24) return false;
    setFlagsFromString("--experimental-wasm-revectorize");
    return true;
  },
  startWorker(start, onEnd): RunningWorker {
    const worker = new Worker(new URL("../worker/node.js", import.meta.url), {
      workerData: start,
      execArgv: [],
      name: "monosema-simd",
    });
    const ended = new Promise<void>((resolve) => {
      let reason: string | undefined;
      worker.on("error", (error) => {
        reason = String(error);
      });
      worker.on("exit", (code) => {
        onEnd(reason ?? `it exited with code ${code}`);
        resolve();
      });
    });
    const ready = new Promise<void>((resolve, reject) => {
      worker.once("message", () => {
        worker.unref();
        resolve();
      });
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`the worker exited with code ${code}`)));
    });
    return {
      ready,
      async end(patience) {
        worker.ref();
        const timer = setTimeout(() => void worker.terminate(), patience);
        await ended;
        clearTimeout(timer);
      },
    };
  },
};
