import { FormatError } from "@monosema/tensor";
import type { GgufArchitecture } from "../gguf/architecture.js";
import type { Gguf } from "../gguf/openGguf.js";
import { ofShape, transposed } from "../lazyTensor.js";
import type { Weights } from "../network/network.js";
import { checkHeads, type Settings, settings } from "../record.js";
import { llamaNetwork } from "./graph.js";
import { halves } from "./halves.js";
import { ropeFrequencies } from "./rope.js";

/** Llama and Mistral, whose rows of q and k llama.cpp reorders, and Qwen 2, whose rows it keeps. */
export const llamaGguf: GgufArchitecture = {
  names: ["llama", "qwen2"],
  network: async (file, architecture) => {
    const values = settings(file.metadata, file.file);
    const key = (rest: string) => `${architecture}.${rest}`;
    const [width, heads] = [values.size(key("embedding_length")), values.size(key("attention.head_count"))];
    const headSize = values.optionalSize(key("attention.key_length")) ?? width / heads;
    const kvHeads = values.optionalSize(key("attention.head_count_kv")) ?? heads;
    checkHeads({ heads, kvHeads, headSize }, file.file);
    refuseExperts(values.get(key("expert_count")) ?? 0, file.file);
    const config = {
      ...{ architecture, width, heads, kvHeads, headSize },
      layers: values.size(key("block_count")),
      mlpWidth: values.size(key("feed_forward_length")),
      vocabulary: file.tensor(tensorName("embed")).shape[0] ?? 0,
      context: values.size(key("context_length")),
      eps: values.positive(key("attention.layer_norm_rms_epsilon")),
      frequencies: await frequenciesOf(file, values, architecture, headSize),
      biased:
        architecture === "qwen2"
          ? ["q", "k", "v"]
          : ["q", "k", "v", "o"].filter((part) => file.has(tensorName(`${part}.bias`, 0))),
    };
    return llamaNetwork(config, llamaWeights(file, headSize, architecture === "llama"), file.file);
  },
};

/** llama.cpp's names of tensors. */
const names: Readonly<Record<string, string>> = {
  embed: "token_embd",
  finalNorm: "output_norm",
  attnNorm: "attn_norm",
  mlpNorm: "ffn_norm",
  q: "attn_q",
  k: "attn_k",
  v: "attn_v",
  o: "attn_output",
  gate: "ffn_gate",
  up: "ffn_up",
  down: "ffn_down",
};

function tensorName(part: string, layer?: number): string {
  const isBias = part.endsWith(".bias");
  const name = names[isBias ? part.slice(0, -5) : part];
  return `${layer === undefined ? "" : `blk.${layer}.`}${name}.${isBias ? "bias" : "weight"}`;
}

function llamaWeights(file: Gguf, headSize: number, neighboursRotate: boolean): Weights {
  return (part, layer) => {
    const tensor = file.tensor(tensorName(part, layer));
    const ordered = neighboursRotate && /^[qk]\b/.test(part) ? halves(tensor, headSize) : tensor;
    return ordered.shape.length === 2 && part !== "embed" ? transposed(ordered) : ordered;
  };
}

function refuseExperts(count: unknown, file: string): void {
  if (count === 0) return;
  const message = `the network must have one MLP per layer, got ${count} experts; use a model without them`;
  throw new FormatError("unsupported-architecture", message, { file });
}

/** Angles per position, as metadata and the tensor `rope_freqs.weight` (Llama 3.1) have them. */
async function frequenciesOf(file: Gguf, values: Settings, name: string, headSize: number): Promise<Float64Array> {
  const kind = values.get(`${name}.rope.scaling.type`) ?? "none";
  const rotated = values.optionalSize(`${name}.rope.dimension_count`) ?? headSize;
  const other = ["rope_factors_long.weight", "rope_factors_short.weight"].find((tensor) => file.has(tensor));
  if ((kind !== "none" && kind !== "linear") || rotated !== headSize || other !== undefined || headSize % 2 !== 0) {
    const got = `${other ?? `scaling ${kind}`} with ${rotated} rotated of heads of ${headSize}`;
    const message = `rope must rotate whole heads of even size with scaling none or linear, got ${got}; use another model`;
    throw new FormatError("unsupported-rope", message, { file: file.file });
  }
  const factor =
    kind === "linear"
      ? values.positive(`${name}.rope.scaling.factor`)
      : values.positive(`${name}.rope.scale_linear`, 1);
  const base = values.positive(`${name}.rope.freq_base`, 10_000);
  const frequencies = ropeFrequencies(headSize, base, { kind: "linear", factor });
  if (!file.has("rope_freqs.weight")) return frequencies;
  const factors = await ofShape(file.tensor("rope_freqs.weight"), [headSize / 2], file.file).read();
  return frequencies.map((frequency, i) => frequency / (factors[i] as number));
}
