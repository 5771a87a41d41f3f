import { wasm } from "../generated/wasm.js";
import { plainKernels } from "./plain.js";
import type { Kernels } from "./types.js";

/**
 * Kernels on a new memory of at least that many bytes: WebAssembly where the page allows it, else plain loops with the same bits.
 *
 * @throws RangeError where the memory cannot be had
 */
export function openKernels(bytes: number): Kernels {
  const compiled = compile();
  if (compiled === undefined) return plainKernels(new ArrayBuffer(Math.ceil(bytes / 8) * 8));
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / 65_536)), maximum: 65_536 });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { ...(exports as unknown as Omit<Kernels, "buffer">), buffer: memory.buffer };
}

let module: WebAssembly.Module | undefined;

/** The module; undefined where there is no WebAssembly with SIMD or a security policy forbids it. */
function compile(): WebAssembly.Module | undefined {
  try {
    module ??= new WebAssembly.Module(Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0)));
  } catch {
    return undefined;
  }
  return module;
}
