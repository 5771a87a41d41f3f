import type { Backend, OpenOptions } from "../backend.js";
import { BackendError } from "../errors.js";
import { tfjsBackend } from "./tfjsBackend.js";

/** Addresses of the .wasm files: the folder they lie in, or one address per file name. */
export type WasmPaths = string | Readonly<Record<string, string>>;

/** Opens tfjs on its plain JavaScript engine. */
export async function openTfjsCpu(): Promise<Backend> {
  const [tf] = await load("tfjs-cpu", "@tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu", () =>
    Promise.all([import("@tensorflow/tfjs-core"), import("@tensorflow/tfjs-backend-cpu")]),
  );
  return tfjsBackend(tf, { engine: "cpu" });
}

/** Opens tfjs on its WebAssembly engine; it has threads in pages that are cross-origin isolated, one in Node. */
export async function openTfjsWasm({ threads }: OpenOptions, paths?: WasmPaths): Promise<Backend> {
  const [tf, wasm] = await load("tfjs-wasm", "@tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm", () =>
    Promise.all([import("@tensorflow/tfjs-core"), import("@tensorflow/tfjs-backend-wasm")]),
  );
  if (paths !== undefined) wasm.setWasmPaths(paths as Parameters<typeof wasm.setWasmPaths>[0]);
  if (threads !== undefined) wasm.setThreadsCount(threads);
  return tfjsBackend(tf, { engine: "wasm", threads: wasm.getThreadsCount });
}

async function load<T>(name: string, packages: string, imports: () => Promise<T>): Promise<T> {
  try {
    return await imports();
  } catch (cause) {
    throw new BackendError(
      "not-installed",
      `openBackend: ${name} needs ${packages}, got none; run npm install ${packages}`,
      {
        cause,
      },
    );
  }
}
