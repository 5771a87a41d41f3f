import type { GraphBuilder } from "../../onnx/graphBuilder.js";
import type { LazyTensor } from "../lazyTensor.js";

/** A kind of network with its sizes and weights: what a graph is built from. */
export interface Network {
  /** Kind of network, such as `llama`. */
  readonly architecture: string;
  /** Number of token ids. */
  readonly vocabulary: number;
  /** Longest window. */
  readonly context: number;
  /** Whether later tokens can be seen, so that padding needs the input `mask`. */
  readonly seesAhead: boolean;
  /** The whole graph with all its hooks, for windows of up to `length` tokens; FormatError where a weight has another shape. */
  build(length: number): GraphBuilder;
}

/**
 * The weights of a network by what they are to it: `embed`, or `q` in a layer. Linear maps are `[in, out]`.
 *
 * FormatError `missing-tensor` where the file lacks it.
 */
export type Weights = (part: string, layer?: number) => LazyTensor;
