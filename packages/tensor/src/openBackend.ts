import type { Backend, BackendOpener, OpenOptions } from "./backend.js";
import { BackendError } from "./errors.js";
import { referenceBackend } from "./reference/referenceBackend.js";
import { openTfjsCpu, openTfjsWasm, type WasmPaths } from "./tfjs/open.js";

/** Options of {@link openBackend}. */
export interface OpenBackendOptions extends OpenOptions {
  /** Backends of other packages, such as `simd` of `@monosema/simd` or `tfjsNode` of `@monosema/tensor/node`; fastest first. */
  readonly others?: readonly BackendOpener[];
  /** Where the page finds the .wasm files of tfjs-wasm: a folder, or an address per file; not needed in Node. */
  readonly wasmPaths?: WasmPaths;
}

/**
 * Opens a backend by name: `reference`, `tfjs-cpu`, `tfjs-wasm`, the name of one of `others`, or `auto`.
 *
 * `auto` is the first of `others` that opens, else `tfjs-wasm`, else `reference`; {@link Backend.detail} says what was chosen and why.
 * It never takes `tfjs-node`, since results would depend on what is installed, nor `tfjs-cpu`.
 *
 * @throws BackendError where the name is unknown, or with the command that mends it where a package is missing
 */
export async function openBackend(name: string, options: OpenBackendOptions = {}): Promise<Backend> {
  const { others = [], wasmPaths, ...open } = options;
  const own: readonly BackendOpener[] = [
    { name: "tfjs-wasm", open: (settings) => openTfjsWasm(settings, wasmPaths) },
    { name: "reference", open: async () => referenceBackend() },
    { name: "tfjs-cpu", open: openTfjsCpu },
  ];
  if (name === "auto") {
    const candidates = [...others.filter((other) => other.name !== "tfjs-node"), ...own.slice(0, 2)];
    return openFirst(candidates, open);
  }
  const known = [...others, ...own];
  const opener = known.find((one) => one.name === name);
  if (opener !== undefined) return opener.open(open);
  const names = ["auto", ...known.map((one) => one.name)].join(", ");
  throw new BackendError(
    "unknown-backend",
    `openBackend: name must be one of ${names}, got ${name}; ${adviceFor(name)}`,
  );
}

async function openFirst(candidates: readonly BackendOpener[], options: OpenOptions): Promise<Backend> {
  const failures: string[] = [];
  for (const candidate of candidates) {
    try {
      const backend = await candidate.open(options);
      const why = ["chosen by auto", ...failures].join("; ");
      return { ...backend, detail: `${backend.detail} (${why})` };
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failures.push(`${candidate.name} did not open: ${error.message}`);
    }
  }
  throw new Error("internal: openBackend: the reference backend did not open");
}

function adviceFor(name: string): string {
  if (name === "tfjs-node") return "pass tfjsNode of @monosema/tensor/node in others";
  if (name === "simd") return "pass the opener of @monosema/simd in others";
  return "choose one of these, or pass its opener in others";
}
