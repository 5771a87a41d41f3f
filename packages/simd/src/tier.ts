import { BackendError } from "@monosema/tensor";
import { platform } from "#platform";
import { wasm as probeKernel } from "./generated/probe.js";
import { bytesOf } from "./kernels.js";
import { type RelaxedDot, relaxedDot } from "./relaxedDot.js";
import { relaxedMadd } from "./relaxedMadd.js";

/** What the engine offers. */
export interface EngineFeatures {
  /** Whether kernels with relaxed instructions run, and do the same at every call. */
  readonly instructions: "relaxed" | "plain";
  /** How the kernels round a b + c. */
  readonly arithmetic: "fused" | "separate";
  /** The product of bytes; `none` without relaxed instructions. */
  readonly dot: RelaxedDot | "none";
  /** Threads can share a memory. */
  readonly shared: boolean;
}

let known: EngineFeatures | undefined;

/**
 * Tries out what the engine offers, once per process, in some 20 milliseconds.
 *
 * @throws BackendError `no-simd` where there are no vector instructions, `wasm-refused` where the page may not compile any
 */
export function probeEngine(): EngineFeatures {
  known ??= probe();
  return known;
}

function probe(): EngineFeatures {
  platform.enableRelaxedSimd();
  if (!WebAssembly.validate(Uint8Array.from(simdModule))) {
    throw new BackendError(
      "no-simd",
      `openSimd: WebAssembly SIMD is required, got an engine without it (${platform.engine}); use tfjs-wasm`,
    );
  }
  requireCompiling();
  const shared = platform.unshared === undefined && WebAssembly.validate(Uint8Array.from(atomicModule));
  return { ...relaxedFeatures(bytesOf(probeKernel)), shared };
}

/** What relaxed instructions do; they are left out where the sums of one run would not be the same at every call. */
export function relaxedFeatures(kernels: Uint8Array<ArrayBuffer>): Omit<EngineFeatures, "shared"> {
  const madd = WebAssembly.validate(kernels) ? relaxedMadd(kernels) : "changing";
  if (madd === "changing") return { instructions: "plain", arithmetic: "separate", dot: "none" };
  return { instructions: "relaxed", arithmetic: madd, dot: relaxedDot(kernels) };
}

/** A Content-Security-Policy lets a page validate WebAssembly and refuses to compile it. */
function requireCompiling(): void {
  try {
    new WebAssembly.Module(Uint8Array.from(emptyModule));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BackendError(
      "wasm-refused",
      `openSimd: the page must be allowed to compile WebAssembly, got "${reason}"; ` +
        "add 'wasm-unsafe-eval' to script-src of its Content-Security-Policy",
      { cause },
    );
  }
}

const emptyModule = [0, 97, 115, 109, 1, 0, 0, 0];
/** A function with a vector in it. */
const simdModule = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
];
/** A function with an atomic load from a shared memory. */
const atomicModule = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1],
  ...[10, 11, 1, 9, 0, 65, 0, 254, 16, 2, 0, 26, 11],
];
