import type { BackendOpener } from "../backend.js";
import { load } from "./load.js";
import { tfjsBackend } from "./tfjsBackend.js";

/** Opener of tfjs on its plain JavaScript engine, `tfjs-cpu`: pass it in `others` of `openBackend`. */
export const tfjsCpu: BackendOpener = {
  name: "tfjs-cpu",
  open: async () => {
    const [tf] = await load("tfjs-cpu", "@tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu", () =>
      Promise.all([import("@tensorflow/tfjs-core"), import("@tensorflow/tfjs-backend-cpu")]),
    );
    return tfjsBackend(tf, { engine: "cpu" });
  },
};
