import type { GraphBuilder } from "../../onnx/graphBuilder.js";
import { type LazyTensor, ofShape } from "../lazyTensor.js";

/** The layers of networks: each adds its nodes to a graph and gives the name of its result. */
export interface Layers {
  /** A linear map to `[.., out]` of a weight `[in, out]`, with a bias `[out]` where there is one. */
  linear(x: string, weight: LazyTensor, width: readonly [number, number], bias?: LazyTensor): string;
  /** Layer normalisation over the last axis (Ba et al. 2016). */
  layerNorm(x: string, weight: LazyTensor, bias: LazyTensor, width: number, eps: number): string;
  /** Division by the root mean square of the last axis, times a weight (Zhang & Sennrich 2019). */
  rmsNorm(x: string, weight: LazyTensor, width: number, eps: number): string;
  /** Rows of a table `[rows, width]`, by ids. */
  embedding(ids: string, table: LazyTensor, shape: readonly [number, number]): string;
  /** As many rows of a table as the windows have tokens, from row `first` on; a run fails where it has fewer. */
  positions(ids: string, table: LazyTensor, first?: number): string;
}

/**
 * Layers for a graph.
 *
 * @param file - whose weights they are, for messages; FormatError `bad-shape` where one has another shape than it must
 */
export function layers(graph: GraphBuilder, file: string): Layers {
  const { node } = graph;
  const vector = (tensor: LazyTensor, width: number) => graph.weight(ofShape(tensor, [width], file));
  return {
    linear: (x, weight, [from, to], bias) => {
      const product = node("MatMul", [x, graph.weight(ofShape(weight, [from, to], file))]);
      return bias === undefined ? product : node("Add", [product, vector(bias, to)]);
    },
    layerNorm: (x, weight, bias, width, eps) =>
      node("LayerNormalization", [x, vector(weight, width), vector(bias, width)], {
        axis: -1,
        epsilon: { float: eps },
      }),
    rmsNorm: (x, weight, width, eps) => {
      const mean = node("ReduceMean", [node("Pow", [x, graph.scalar(2)])], { axes: [-1], keepdims: 1 });
      const root = node("Sqrt", [node("Add", [mean, graph.scalar(eps)])]);
      return node("Mul", [node("Div", [x, root]), vector(weight, width)]);
    },
    embedding: (ids, table, shape) => node("Gather", [graph.weight(ofShape(table, shape, file)), ids], { axis: 0 }),
    positions: (ids, table, first = 0) => node("Gather", [graph.weight(table), places(graph, ids, first)], { axis: 0 }),
  };
}

/** The places of the tokens in their windows, `[T]`, counted from `first` on. */
export function places(graph: GraphBuilder, ids: string, first = 0): string {
  const { node, ints } = graph;
  const length = node("Slice", [node("Shape", [ids]), ints([1]), ints([2]), ints([0])]);
  const [begin, end, step] = [ints([first]), node("Add", [ints([first]), length]), ints([1])];
  return node(
    "Range",
    [begin, end, step].map((list) => node("Squeeze", [list, ints([0])])),
  );
}
