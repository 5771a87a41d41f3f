import type { GraphBuilder } from "../../onnx/graphBuilder.js";
import { places } from "./layers.js";

/** Sizes of an attention. */
export interface Heads {
  /** Heads of the queries. */
  readonly heads: number;
  /** Heads of keys and values; each serves `heads / kvHeads` of the queries' (Ainslie et al. 2023). */
  readonly kvHeads: number;
  /** Width of a head. */
  readonly headSize: number;
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017).
 *
 * @param q - `[B, heads, T, headSize]`
 * @param k - `[B, kvHeads, T, headSize]`, v alike
 * @param mask - added to the scores, `[.., T]` or `[T, T]`
 * @returns heads merged, `[B, T, heads * headSize]`
 */
export function attention(
  graph: GraphBuilder,
  q: string,
  k: string,
  v: string,
  mask: string,
  { heads, kvHeads, headSize }: Heads,
): string {
  const { node, ints } = graph;
  const scaled = node("Mul", [q, graph.scalar(1 / Math.sqrt(headSize))]);
  // The queries that share a key lie one after the other: one product per key and value head.
  const queries = node("Reshape", [scaled, ints([0, kvHeads, -1, headSize])]); // [B, kvHeads, group * T, headSize]
  const products = node("MatMul", [queries, node("Transpose", [k], { perm: [0, 1, 3, 2] })]); // [B, kvHeads, group * T, T]
  const tokens = node("Slice", [node("Shape", [k]), ints([2]), ints([3]), ints([0])]);
  const apart = node("Concat", [ints([0, heads]), tokens, tokens], { axis: 0 });
  const scores = node("Add", [node("Reshape", [products, apart]), mask]); // [B, heads, T, T]
  const together = node("Concat", [ints([0, kvHeads, -1]), tokens], { axis: 0 });
  const weights = node("Reshape", [node("Softmax", [scores], { axis: -1 }), together]); // [B, kvHeads, group * T, T]
  const mixed = node("MatMul", [weights, v]); // [B, kvHeads, group * T, headSize]
  const perHead = node("Concat", [ints([0, heads]), tokens, ints([headSize])], { axis: 0 });
  const back = node("Transpose", [node("Reshape", [mixed, perHead])], { perm: [0, 2, 1, 3] }); // [B, T, heads, headSize]
  return node("Reshape", [back, ints([0, 0, heads * headSize])]);
}

/** `[B, T, heads * headSize]` as `[B, heads, T, headSize]`. */
export function splitHeads(graph: GraphBuilder, x: string, heads: number, headSize: number): string {
  const apart = graph.node("Reshape", [x, graph.ints([0, 0, heads, headSize])]);
  return graph.node("Transpose", [apart], { perm: [0, 2, 1, 3] });
}

/** What hides later tokens from earlier ones, `[T, T]`: 0, or a number whose exponential is 0. */
export function causalMask(graph: GraphBuilder, ids: string): string {
  const { node, ints } = graph;
  const at = places(graph, ids);
  const later = node("Greater", [node("Unsqueeze", [at, ints([0])]), node("Unsqueeze", [at, ints([1])])]);
  return node("Mul", [node("Cast", [later], { to: 1 }), graph.scalar(hidden)]);
}

/** What hides padding, `[B, 1, 1, T]`, of a mask `[B, T]` of ones and zeros. */
export function paddingBias(graph: GraphBuilder, mask: string): string {
  const { node } = graph;
  const padding = node("Sub", [graph.scalar(1), node("Unsqueeze", [mask, graph.ints([1, 2])])]);
  return node("Mul", [padding, graph.scalar(hidden)]);
}

/** Far below any score, and within float32 together with it. */
const hidden = -1e30;
