import type { BackendOpener } from "../../backend.js";
import { requireFreeEngine } from "../engine.js";
import { tfjsBackend } from "../tfjsBackend.js";
import { loadTfjsNode, tfjsNodeThreads } from "./loadTfjsNode.js";

/**
 * Opener of the backend on TensorFlow's C library, `tfjs-node`: pass it in `others` of `openBackend`. The number of threads is chosen
 * once per process.
 */
export const tfjsNode: BackendOpener = {
  name: "tfjs-node",
  open: async (options) => {
    requireFreeEngine("tensorflow"); // before loading, which takes the engine over
    const tf = loadTfjsNode(options);
    const { version } = tf as { version?: Readonly<Record<string, string>> };
    return tfjsBackend(tf, {
      engine: "tensorflow",
      threads: tfjsNodeThreads,
      detail: `tfjs-node ${version?.["tfjs-node"]}`,
    });
  },
};
