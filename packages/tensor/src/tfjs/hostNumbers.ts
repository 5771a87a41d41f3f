import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * The numbers of a tensor whose engine keeps them in memory that the host reads at once (cpu, wasm): the only place that reads inside
 * a step. Not to be written to: on cpu they are the tensor's own.
 */
export function numbersOf(t: Tensor): Float32Array {
  return t.dataSync<"float32">();
}
