import type { LazyTensor } from "../models/lazyTensor.js";
import type { ExternalWeights } from "./onnxModel.js";

/** A weight with its place in the file of weights. */
export interface PlacedWeight {
  /** Its name in the graph. */
  readonly name: string;
  /** Where its numbers come from. */
  readonly tensor: LazyTensor;
  /** First byte in the file. */
  readonly offset: number;
  /** Bytes of float32. */
  readonly size: number;
}

/** Name of the file of weights. */
export const weightsLocation = "weights.bin";
/** Offsets are multiples of a page, so that runtimes can map the weights into memory (ONNX, external data). */
const page = 4096;

/** One place after the other. */
export function placeWeights(weights: Iterable<readonly [string, LazyTensor]>): readonly PlacedWeight[] {
  let end = 0;
  return Array.from(weights, ([name, tensor]) => {
    const offset = Math.ceil(end / page) * page;
    const size = 4 * tensor.shape.reduce((count, axis) => count * axis, 1);
    end = offset + size;
    return { name, tensor, offset, size };
  });
}

/** The file of weights: one weight in memory at a time. */
export function externalWeights(placed: readonly PlacedWeight[]): readonly ExternalWeights[] {
  const last = placed.at(-1);
  if (last === undefined) return [];
  return [{ location: weightsLocation, size: last.offset + last.size, parts: () => parts(placed) }];
}

async function* parts(placed: readonly PlacedWeight[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const { tensor, offset, size } of placed) {
    if (offset > at) yield new Uint8Array(offset - at);
    const values = await tensor.read();
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    at = offset + size;
  }
}
