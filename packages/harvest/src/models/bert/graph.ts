import { type GraphBuilder, graphBuilder } from "../../onnx/graphBuilder.js";
import { ofShape } from "../lazyTensor.js";
import { activationOf } from "../network/activation.js";
import { attention, paddingBias, splitHeads } from "../network/attention.js";
import { layers } from "../network/layers.js";
import type { Network, Weights } from "../network/network.js";

/** Sizes of a network of the BERT kind. */
export interface BertConfig {
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
  /** Rows of the table of positions. */
  readonly positions: number;
  /** Row of the first token in it. */
  readonly firstPosition: number;
  /** Kinds of segments; all tokens are of the first. */
  readonly segments: number;
  /** Epsilon of the normalisations. */
  readonly eps: number;
  /** Nonlinearity of the MLP by its name in config.json. */
  readonly activation: string;
}

/**
 * BERT (Devlin et al. 2019): layer normalisation after each half of a block, learned positions, all tokens see each other.
 *
 * Hooks as TransformerLens has them: `hook_resid_mid` and `hook_resid_post` are the sums before a normalisation,
 * `ln1.hook_normalized` is what the MLP reads, `hook_normalized_resid_post` what the next block reads.
 *
 * Weights: `embed [V, D]`, `position [positions, D]`, `segment [segments, D]`, `embedNorm [D]`; per layer `q`, `k`, `v`, `o [D, D]`,
 * `attnNorm`, `mlpNorm [D]`, `up [D, mlpWidth]`, `down [mlpWidth, D]`; each but the three tables with its `.bias`.
 */
export function bertNetwork(config: BertConfig, weights: Weights, file: string): Network {
  return {
    architecture: config.architecture,
    vocabulary: config.vocabulary,
    context: config.positions - config.firstPosition,
    seesAhead: true,
    build: () => bertGraph(config, weights, file),
  };
}

function bertGraph(config: BertConfig, weights: Weights, file: string): GraphBuilder {
  const { width, heads, mlpWidth, eps } = config;
  const sizes = { heads, kvHeads: heads, headSize: width / heads };
  const activation = activationOf(config.activation, file);
  const graph = graphBuilder();
  const { hook, node } = graph;
  const { linear, layerNorm, embedding, positions } = layers(graph, file);
  const ids = graph.input("ids", "int64", ["B", "T"]);
  const bias = paddingBias(graph, graph.input("mask", "float32", ["B", "T"]));
  const norm = (x: string, part: string, layer?: number) =>
    layerNorm(x, weights(part, layer), weights(`${part}.bias`, layer), width, eps);

  const tokens = embedding(ids, weights("embed"), [config.vocabulary, width]);
  hook("hook_embed", tokens, width);
  const segment = embedding(graph.ints([0]), weights("segment"), [config.segments, width]); // [1, D]
  const table = ofShape(weights("position"), [config.positions, width], file);
  const placed = node("Add", [node("Add", [tokens, segment]), positions(ids, table, config.firstPosition)]);
  let x = norm(placed, "embedNorm");
  for (let layer = 0; layer < config.layers; layer++) {
    const at = (name: string) => `blocks.${layer}.${name}`;
    const map = (part: string, input: string, size: readonly [number, number]) =>
      linear(input, weights(part, layer), size, weights(`${part}.bias`, layer));
    hook(at("hook_resid_pre"), x, width);
    const [q, k, v] = ["q", "k", "v"].map((part) => {
      const mapped = map(part, x, [width, width]);
      hook(at(`attn.hook_${part}`), mapped, width);
      return splitHeads(graph, mapped, heads, sizes.headSize);
    }) as [string, string, string];
    const z = attention(graph, q, k, v, bias, sizes);
    hook(at("attn.hook_z"), z, width);
    const attended = map("o", z, [width, width]);
    hook(at("hook_attn_out"), attended, width);
    const mid = node("Add", [x, attended]);
    hook(at("hook_resid_mid"), mid, width);
    const input = norm(mid, "attnNorm", layer);
    hook(at("ln1.hook_normalized"), input, width);
    const inner = map("up", input, [width, mlpWidth]);
    hook(at("mlp.hook_pre"), inner, mlpWidth);
    const active = activation(graph, inner);
    hook(at("mlp.hook_post"), active, mlpWidth);
    const output = map("down", active, [mlpWidth, width]);
    hook(at("hook_mlp_out"), output, width);
    const sum = node("Add", [input, output]);
    hook(at("hook_resid_post"), sum, width);
    x = norm(sum, "mlpNorm", layer);
    hook(at("hook_normalized_resid_post"), x, width);
  }
  return graph;
}
