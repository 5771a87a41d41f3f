/** What a module of kernels was built for. */
export interface KernelBuild {
  /** `relaxed`: multiply and add in one instruction, where the processor has it in one rounding; `plain`: in two. */
  readonly instructions: "relaxed" | "plain";
  /** Whether threads share the memory. */
  readonly shared: boolean;
}

/** The compiled kernels of a build. */
export async function loadKernels(build: KernelBuild): Promise<WebAssembly.Module> {
  const { wasm } = await moduleOf(build);
  return WebAssembly.compile(bytesOf(wasm));
}

/** Bytes of a text in base64. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function moduleOf({ instructions, shared }: KernelBuild): Promise<{ readonly wasm: string }> {
  if (instructions === "relaxed") {
    return shared ? import("./generated/relaxedShared.js") : import("./generated/relaxedSingle.js");
  }
  return shared ? import("./generated/plainShared.js") : import("./generated/plainSingle.js");
}
