import { random, writeSafetensors } from "@monosema/tensor";
import { f32Tensor, type GgufMetadata, type GgufTensor, ggufFile } from "./ggufFile.js";

const sizes = { width: 8, mlpWidth: 12, layers: 2, heads: 4, kvHeads: 2, vocabulary: 16, context: 32 };
const { width, mlpWidth, layers, heads, kvHeads, vocabulary, context } = sizes;
const headSize = width / heads;
const kvWidth = kvHeads * headSize;

/** A part of the network in the files: its names, its shape, and whether neighbours of a head rotate in llama.cpp's and llama2.c's order. */
interface Part {
  readonly gguf: string;
  readonly hugging: string;
  readonly shape: readonly number[];
  readonly rotates?: boolean;
  readonly bias?: boolean;
}

const once: readonly Part[] = [
  { gguf: "token_embd", hugging: "embed_tokens", shape: [vocabulary, width] },
  { gguf: "output_norm", hugging: "norm", shape: [width] },
];
/** In the order of llama2.c. */
const perLayer: readonly Part[] = [
  { gguf: "attn_norm", hugging: "input_layernorm", shape: [width] },
  { gguf: "attn_q", hugging: "self_attn.q_proj", shape: [width, width], rotates: true },
  { gguf: "attn_k", hugging: "self_attn.k_proj", shape: [kvWidth, width], rotates: true },
  { gguf: "attn_v", hugging: "self_attn.v_proj", shape: [kvWidth, width] },
  { gguf: "attn_output", hugging: "self_attn.o_proj", shape: [width, width] },
  { gguf: "ffn_norm", hugging: "post_attention_layernorm", shape: [width] },
  { gguf: "ffn_gate", hugging: "mlp.gate_proj", shape: [mlpWidth, width] },
  { gguf: "ffn_down", hugging: "mlp.down_proj", shape: [width, mlpWidth] },
  { gguf: "ffn_up", hugging: "mlp.up_proj", shape: [mlpWidth, width] },
];

/** What Qwen 2 has beside them. */
const biases: readonly Part[] = [
  { gguf: "attn_q", hugging: "self_attn.q_proj", shape: [width], bias: true },
  { gguf: "attn_k", hugging: "self_attn.k_proj", shape: [kvWidth], bias: true },
  { gguf: "attn_v", hugging: "self_attn.v_proj", shape: [kvWidth], bias: true },
];
const ending = ({ bias }: Part): string => (bias === true ? "bias" : "weight");

/** Weights of a part in Hugging Face's order of rows. */
function values(part: Part, layer = 0): Float32Array {
  const { gguf, shape } = part;
  const { normal } = random(layer + 1, `${gguf}.${ending(part)}`);
  return Float32Array.from({ length: shape.reduce((count, size) => count * size, 1) }, () => Math.fround(normal()));
}

/** Rows in the order of Meta's files: the two halves of a head alternate. */
function neighbours(part: Part, layer: number): Float32Array {
  const rows = values(part, layer);
  if (part.rotates !== true) return rows;
  const columns = part.shape[1] as number;
  return rows.map((_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const [head, place] = [Math.floor(row / headSize), row % headSize];
    const from = head * headSize + (place % 2) * (headSize / 2) + Math.floor(place / 2);
    return rows[from * columns + column] as number;
  });
}

/** Metadata of the GGUF file. */
export const llamaMetadata: GgufMetadata = {
  "general.architecture": "llama",
  "general.name": "tiny",
  "llama.embedding_length": width,
  "llama.block_count": layers,
  "llama.attention.head_count": heads,
  "llama.attention.head_count_kv": kvHeads,
  "llama.feed_forward_length": mlpWidth,
  "llama.context_length": context,
  "llama.attention.layer_norm_rms_epsilon": { float: Math.fround(1e-5) },
};

/** The network as GGUF. */
export function llamaGgufFile(
  metadata: GgufMetadata = {},
  kind: "llama" | "qwen2" = "llama",
  more: readonly GgufTensor[] = [],
): Uint8Array {
  const stored = kind === "llama" ? neighbours : values;
  return ggufFile({ ...llamaMetadata, ...metadata }, [
    ...once.map((part) => f32Tensor(`${part.gguf}.weight`, part.shape, values(part))),
    ...Array.from({ length: layers }, (_, layer) =>
      [...perLayer, ...(kind === "qwen2" ? biases : [])].map((part) =>
        f32Tensor(`blk.${layer}.${part.gguf}.${ending(part)}`, part.shape, stored(part, layer)),
      ),
    ).flat(),
    ...more,
  ]);
}

/** The same as a folder of Hugging Face. */
export function llamaFolder(config: Readonly<Record<string, unknown>> = {}): Record<string, Uint8Array | string> {
  const tensors = [
    ...once.map((part) => ({ name: `model.${part.hugging}.weight`, part, layer: 0 })),
    ...Array.from({ length: layers }, (_, layer) =>
      [...perLayer, ...(config.model_type === "qwen2" ? biases : [])].map((part) => ({
        name: `model.layers.${layer}.${part.hugging}.${ending(part)}`,
        part,
        layer,
      })),
    ).flat(),
  ].map(({ name, part, layer }) => [name, { dtype: "F32", shape: part.shape, data: values(part, layer) }] as const);
  const json = {
    ...{ model_type: "llama", hidden_size: width, num_attention_heads: heads, num_key_value_heads: kvHeads },
    ...{ num_hidden_layers: layers, intermediate_size: mlpWidth, vocab_size: vocabulary },
    ...{ max_position_embeddings: context, rms_norm_eps: Math.fround(1e-5), rope_theta: 10_000 },
    ...config,
  };
  return { "config.json": JSON.stringify(json), "model.safetensors": writeSafetensors(tensors) };
}

/** The same as a legacy checkpoint of llama2.c. */
export function llama2cFile(): Uint8Array {
  const header = Int32Array.of(width, mlpWidth, layers, heads, kvHeads, vocabulary, context);
  const [embed, norm] = once as [Part, Part];
  const blocks = perLayer.flatMap((part) => Array.from({ length: layers }, (_, layer) => neighbours(part, layer)));
  const tables = new Float32Array(context * headSize);
  return Buffer.concat(
    [header, values(embed), ...blocks, values(norm), tables].map((part) => Buffer.from(part.buffer)),
  );
}
