import type { Platform, RunningWorker } from "./platform.js";

/** A page or a worker of one. */
export const platform: Platform = {
  engine: navigator.userAgent,
  cores: navigator.hardwareConcurrency ?? 1,
  ...(globalThis.crossOriginIsolated
    ? {}
    : {
        unshared:
          "the page is not cross-origin isolated; for threads serve it with the headers " +
          "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
      }),
  enableRelaxedSimd() {},
  enableRevectorize: () => false,
  startWorker(start, onEnd): RunningWorker {
    const worker = new Worker(new URL("../worker/browser.js", import.meta.url), { type: "module" });
    let settle = () => {};
    const ended = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const ready = new Promise<void>((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data === "ready") return resolve();
        settle();
        onEnd("it ended");
      };
      worker.onerror = ({ message }) => {
        const reason = message || "its script did not load";
        reject(new Error(reason));
        settle();
        onEnd(reason);
      };
    });
    worker.postMessage(start);
    return {
      ready,
      async end(patience) {
        const timer = setTimeout(settle, patience);
        await ended;
        clearTimeout(timer);
        worker.terminate();
      },
    };
  },
};
