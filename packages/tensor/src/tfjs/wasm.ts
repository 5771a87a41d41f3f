import type { Backend, BackendOpener, OpenOptions } from "../backend.js";
import { BackendError } from "../errors.js";
import { load } from "./load.js";
import { tfjsBackend } from "./tfjsBackend.js";

/** Addresses of the .wasm files: the folder they lie in, or one address per file name. */
export type WasmPaths = string | Readonly<Record<string, string>>;

/** Options of {@link tfjsWasmWith}. */
export interface TfjsWasmOptions {
  /** Where the page finds the .wasm files; not needed in Node. Default: beside the script that the page loads. */
  readonly wasmPaths?: WasmPaths;
}

/**
 * Opener of tfjs on its WebAssembly engine, `tfjs-wasm`: pass it in `others` of `openBackend`. It has threads in pages that are
 * cross-origin isolated, one in Node.
 */
export const tfjsWasm: BackendOpener = { name: "tfjs-wasm", open: (options) => open(options, {}) };

/** The opener for a page, which has to say where the .wasm files lie. */
export function tfjsWasmWith(own: TfjsWasmOptions): BackendOpener {
  return { name: "tfjs-wasm", open: (options) => open(options, own) };
}

async function open({ threads }: OpenOptions, { wasmPaths }: TfjsWasmOptions): Promise<Backend> {
  const [tf, wasm] = await load("tfjs-wasm", "@tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm", () =>
    Promise.all([import("@tensorflow/tfjs-core"), import("@tensorflow/tfjs-backend-wasm")]),
  );
  if (wasmPaths !== undefined) wasm.setWasmPaths(wasmPaths as Parameters<typeof wasm.setWasmPaths>[0]);
  if (threads !== undefined) wasm.setThreadsCount(threads);
  try {
    return await tfjsBackend(tf, { engine: "wasm", threads: wasm.getThreadsCount });
  } catch (error) {
    throw error instanceof BackendError && error.code === "engine-unavailable" ? notStarted(error, wasmPaths) : error;
  }
}

/** tfjs gives no reason: in a page it is one of these two. */
function notStarted(cause: BackendError, wasmPaths?: WasmPaths): BackendError {
  const where = wasmPaths === undefined ? "no wasmPaths" : `wasmPaths ${JSON.stringify(wasmPaths)}`;
  return new BackendError(
    "engine-unavailable",
    `openBackend: tfjs-wasm must find and compile its .wasm files, got a failure with ${where}; serve the files of ` +
      '@tensorflow/tfjs-backend-wasm/dist and name their folder, tfjsWasmWith({ wasmPaths: "/folder/" }), and where the page has a ' +
      "Content-Security-Policy add 'wasm-unsafe-eval' to its script-src",
    { cause },
  );
}
