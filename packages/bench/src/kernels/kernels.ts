import { wasm } from "../generated/wasm.js";
import { plainKernels } from "./plain.js";
import type { Kernels } from "./types.js";

/**
 * Kernels on a new memory of at least that many bytes: WebAssembly where the page allows it and the system has room for its memory, which
 * takes gigabytes of addresses, else plain loops, slower and with the same bits.
 *
 * @throws RangeError where so many bytes cannot be had
 */
export function openKernels(bytes: number): Kernels {
  const compiled = compile();
  const memory = compiled === undefined ? undefined : openMemory(bytes);
  if (compiled === undefined || memory === undefined) return plainKernels(new ArrayBuffer(Math.ceil(bytes / 8) * 8));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { ...(exports as unknown as Omit<Kernels, "buffer">), buffer: memory.buffer };
}

/** Undefined where the system has no room. */
function openMemory(bytes: number): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / 65_536)), maximum: 65_536 });
  } catch {
    return undefined;
  }
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
