import { train } from "./train.js";

/** On the page's main thread. */
window.train = train;

/** In a worker of the page, which starts workers of its own. */
window.trainInWorker = (options) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./engine.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(options);
  });
