import { type GraphBuilder, graphBuilder } from "../../onnx/graphBuilder.js";
import { ofShape } from "../lazyTensor.js";
import { activationOf } from "../network/activation.js";
import { attention, causalMask, splitHeads } from "../network/attention.js";
import { layers } from "../network/layers.js";
import type { Network, Weights } from "../network/network.js";

/** Sizes of a network of the GPT-2 kind. */
export interface Gpt2Config {
  /** Kind of network as the file names it. */
  readonly architecture: string;
  /** Width of the residual stream. */
  readonly width: number;
  /** Blocks. */
  readonly layers: number;
  /** Heads. */
  readonly heads: number;
  /** Width within the MLP. */
  readonly mlpWidth: number;
  /** Number of token ids. */
  readonly vocabulary: number;
  /** Longest window. */
  readonly context: number;
  /** Epsilon of the normalisations. */
  readonly eps: number;
  /** Nonlinearity of the MLP by its name in config.json. */
  readonly activation: string;
}

/**
 * GPT-2 (Radford et al. 2019): layer normalisation before each half of a block, learned positions.
 *
 * Weights: `embed [V, D]`, `position [context, D]`, `finalNorm [D]`; per layer `attnNorm`, `mlpNorm [D]`, `qkv [D, 3 D]`, `o [D, D]`,
 * `up [D, mlpWidth]`, `down [mlpWidth, D]`; each but the two tables with its `.bias`.
 */
export function gpt2Network(config: Gpt2Config, weights: Weights, file: string): Network {
  return {
    architecture: config.architecture,
    vocabulary: config.vocabulary,
    context: config.context,
    seesAhead: false,
    build: () => gpt2Graph(config, weights, file),
  };
}

function gpt2Graph(config: Gpt2Config, weights: Weights, file: string): GraphBuilder {
  const { width, heads, mlpWidth, eps } = config;
  const sizes = { heads, kvHeads: heads, headSize: width / heads };
  const activation = activationOf(config.activation, file);
  const graph = graphBuilder();
  const { hook, node } = graph;
  const { linear, layerNorm, embedding, positions } = layers(graph, file);
  const ids = graph.input("ids", "int64", ["B", "T"]);
  const mask = causalMask(graph, ids);
  const norm = (x: string, part: string, layer?: number) =>
    layerNorm(x, weights(part, layer), weights(`${part}.bias`, layer), width, eps);

  const tokens = embedding(ids, weights("embed"), [config.vocabulary, width]);
  hook("hook_embed", tokens, width);
  let x = node("Add", [tokens, positions(ids, ofShape(weights("position"), [config.context, width], file))]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = (name: string) => `blocks.${layer}.${name}`;
    const map = (part: string, input: string, size: readonly [number, number]) =>
      linear(input, weights(part, layer), size, weights(`${part}.bias`, layer));
    hook(at("hook_resid_pre"), x, width);
    const read = norm(x, "attnNorm", layer);
    hook(at("ln1.hook_normalized"), read, width);
    const qkv = graph.split(map("qkv", read, [width, 3 * width]), [width, width, width], 2);
    const [q, k, v] = qkv.map((part, i) => {
      hook(at(`attn.hook_${"qkv"[i]}`), part, width);
      return splitHeads(graph, part, heads, sizes.headSize);
    }) as [string, string, string];
    const z = attention(graph, q, k, v, mask, sizes);
    hook(at("attn.hook_z"), z, width);
    const attended = map("o", z, [width, width]);
    hook(at("hook_attn_out"), attended, width);
    const mid = node("Add", [x, attended]);
    hook(at("hook_resid_mid"), mid, width);
    const input = norm(mid, "mlpNorm", layer);
    hook(at("ln2.hook_normalized"), input, width);
    const inner = map("up", input, [width, mlpWidth]);
    hook(at("mlp.hook_pre"), inner, mlpWidth);
    const active = activation(graph, inner);
    hook(at("mlp.hook_post"), active, mlpWidth);
    const output = map("down", active, [mlpWidth, width]);
    hook(at("hook_mlp_out"), output, width);
    x = node("Add", [mid, output]);
    hook(at("hook_resid_post"), x, width);
  }
  hook("ln_final.hook_normalized", norm(x, "finalNorm"), width);
  return graph;
}
