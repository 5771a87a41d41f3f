import { BackendError } from "@monosema/tensor";
import type { ExternalWeights } from "../onnx/onnxModel.js";
import type { OrtNamespace } from "./ortNamespace.js";
import { ortSession } from "./ortSession.js";
import type { Runtime } from "./runtime.js";
import { threadsOf } from "./threads.js";

const name = "onnxruntime-web";

/**
 * ONNX Runtime in WebAssembly, in a browser or in Node. Weights lie in memory.
 *
 * The number of threads holds for the whole page or process from the first model on; another later is refused with BackendError
 * `threads-fixed`.
 *
 * @param ort - the namespace: `import * as ort from "onnxruntime-web"`
 */
export function onnxruntimeWeb(ort: OrtNamespace): Runtime {
  return {
    name,
    version: ort.env.versions?.web ?? "unknown",
    open: async ({ proto, external }, options) => {
      const threads = threadsOf(name, options);
      const fixed = threadsOfProcess.get(ort) ?? threads;
      if (fixed !== threads) {
        const message = `${name}: threads must be ${fixed}, as the first model of this process had, got ${threads}; use another process`;
        throw new BackendError("threads-fixed", message);
      }
      threadsOfProcess.set(ort, threads);
      if (ort.env.wasm !== undefined) ort.env.wasm.numThreads = threads;
      const externalData: { path: string; data: Uint8Array }[] = [];
      for (const weights of external) externalData.push({ path: weights.location, data: await inMemory(weights) });
      return await ortSession(ort, name, proto, { executionProviders: ["wasm"], externalData });
    },
  };
}

/** The library reads the number once, when it starts. */
const threadsOfProcess = new WeakMap<OrtNamespace, number>();

async function inMemory({ size, parts }: ExternalWeights): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const part of parts()) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
