import { type GraphBuilder, graphBuilder } from "../../onnx/graphBuilder.js";
import { attention, causalMask, splitHeads } from "../network/attention.js";
import { layers } from "../network/layers.js";
import type { Network, Weights } from "../network/network.js";
import { ropeTables } from "./rope.js";

/** Sizes of a network of the Llama kind. */
export interface LlamaConfig {
  /** Kind of network as the file names it. */
  readonly architecture: string;
  /** Width of the residual stream. */
  readonly width: number;
  /** Blocks. */
  readonly layers: number;
  /** Heads of the queries. */
  readonly heads: number;
  /** Heads of keys and values. */
  readonly kvHeads: number;
  /** Width of a head. */
  readonly headSize: number;
  /** Width within the MLP. */
  readonly mlpWidth: number;
  /** Number of token ids. */
  readonly vocabulary: number;
  /** Longest window. */
  readonly context: number;
  /** Epsilon of the normalisations. */
  readonly eps: number;
  /** Angles per position of the pairs of a head, `[headSize / 2]`. */
  readonly frequencies: Float64Array;
  /** The linear maps that have a bias, of q, k, v, o, gate, up, down. */
  readonly biased: readonly string[];
}

/**
 * Llama (Touvron et al. 2023): RMSNorm before each half of a block, rotary positions, grouped attention, SwiGLU.
 *
 * Weights: `embed [V, D]`, `finalNorm [D]`; per layer `attnNorm`, `mlpNorm [D]`, `q [D, heads * headSize]`, `k`, `v [D, kvHeads * headSize]`,
 * `o`, `gate`, `up`, `down`, and `q.bias` and the like. In q and k the halves of a head rotate together, as in Hugging Face's files.
 */
export function llamaNetwork(config: LlamaConfig, weights: Weights, file: string): Network {
  return {
    architecture: config.architecture,
    vocabulary: config.vocabulary,
    context: config.context,
    seesAhead: false,
    build: (length) => llamaGraph(config, weights, file, length),
  };
}

function llamaGraph(config: LlamaConfig, weights: Weights, file: string, length: number): GraphBuilder {
  const { width, heads, kvHeads, headSize, mlpWidth, eps } = config;
  const graph = graphBuilder();
  const { hook, node } = graph;
  const { linear, rmsNorm, embedding, positions } = layers(graph, file);
  const ids = graph.input("ids", "int64", ["B", "T"]);
  const mask = causalMask(graph, ids);
  const tables = ropeTables(config.frequencies, length);
  const table = (name: "cos" | "sin") =>
    positions(ids, { name, shape: [length, headSize / 2], read: async () => tables[name] });
  const [cos, sin] = [table("cos"), table("sin")];
  const rotate = (x: string): string => {
    const [a, b] = graph.split(x, [headSize / 2, headSize / 2], 3) as [string, string];
    const left = node("Sub", [node("Mul", [a, cos]), node("Mul", [b, sin])]);
    const right = node("Add", [node("Mul", [b, cos]), node("Mul", [a, sin])]);
    return node("Concat", [left, right], { axis: 3 });
  };

  let x = embedding(ids, weights("embed"), [config.vocabulary, width]);
  hook("hook_embed", x, width);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = (name: string) => `blocks.${layer}.${name}`;
    const map = (part: string, input: string, size: readonly [number, number]) =>
      linear(
        input,
        weights(part, layer),
        size,
        config.biased.includes(part) ? weights(`${part}.bias`, layer) : undefined,
      );
    hook(at("hook_resid_pre"), x, width);
    const read = rmsNorm(x, weights("attnNorm", layer), width, eps);
    hook(at("ln1.hook_normalized"), read, width);
    const q = map("q", read, [width, heads * headSize]);
    const k = map("k", read, [width, kvHeads * headSize]);
    const v = map("v", read, [width, kvHeads * headSize]);
    hook(at("attn.hook_q"), q, heads * headSize);
    hook(at("attn.hook_k"), k, kvHeads * headSize);
    hook(at("attn.hook_v"), v, kvHeads * headSize);
    const queries = rotate(splitHeads(graph, q, heads, headSize));
    const keys = rotate(splitHeads(graph, k, kvHeads, headSize));
    const z = attention(graph, queries, keys, splitHeads(graph, v, kvHeads, headSize), mask, config);
    hook(at("attn.hook_z"), z, heads * headSize);
    const attended = map("o", z, [heads * headSize, width]);
    hook(at("hook_attn_out"), attended, width);
    const mid = node("Add", [x, attended]);
    hook(at("hook_resid_mid"), mid, width);
    const input = rmsNorm(mid, weights("mlpNorm", layer), width, eps);
    hook(at("ln2.hook_normalized"), input, width);
    const gate = map("gate", input, [width, mlpWidth]);
    hook(at("mlp.hook_pre"), gate, mlpWidth);
    const open = node("Mul", [gate, node("Sigmoid", [gate])]);
    const inner = node("Mul", [open, map("up", input, [width, mlpWidth])]);
    hook(at("mlp.hook_post"), inner, mlpWidth);
    const output = map("down", inner, [mlpWidth, width]);
    hook(at("hook_mlp_out"), output, width);
    x = node("Add", [mid, output]);
    hook(at("hook_resid_post"), x, width);
  }
  hook("ln_final.hook_normalized", rmsNorm(x, weights("finalNorm"), width, eps), width);
  return graph;
}
