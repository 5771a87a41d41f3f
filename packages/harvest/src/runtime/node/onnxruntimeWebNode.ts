import { onnxruntimeWeb } from "../onnxruntimeWeb.js";
import type { OrtNamespace } from "../ortNamespace.js";
import { loadPackage, searchedFolders } from "./loadPackage.js";
import type { NodeRuntime } from "./nodeRuntime.js";

const name = "onnxruntime-web";

/** ONNX Runtime in WebAssembly, without native code: a third of the speed. */
export const onnxruntimeWebNode: NodeRuntime = {
  name,
  load: async ({ from = searchedFolders() }) => {
    const { exports: ort, version } = loadPackage<OrtNamespace>(name, from, `npm i ${name}`);
    return { ...onnxruntimeWeb(ort), version };
  },
};
