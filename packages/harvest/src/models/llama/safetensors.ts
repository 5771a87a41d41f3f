import { FormatError } from "@monosema/tensor";
import { transposed } from "../lazyTensor.js";
import type { Weights } from "../network/network.js";
import { asRecord, checkHeads, type Settings } from "../record.js";
import type { SafetensorsArchitecture } from "../safetensors/architecture.js";
import type { WeightFolder } from "../safetensors/weightFolder.js";
import { llamaNetwork } from "./graph.js";
import { ropeFrequencies, ropeScalingOf } from "./rope.js";

/** LlamaForCausalLM, MistralForCausalLM and Qwen2ForCausalLM, or these without their heads. */
export const llamaSafetensors: SafetensorsArchitecture = {
  names: ["llama", "mistral", "qwen2"],
  startTokens: [],
  endTokens: [],
  network: (config, weights, architecture) => {
    const file = "config.json";
    const [width, heads] = [config.size("hidden_size"), config.size("num_attention_heads")];
    const kvHeads = config.optionalSize("num_key_value_heads") ?? heads;
    const headSize = config.optionalSize("head_dim") ?? width / heads;
    checkHeads({ heads, kvHeads, headSize }, file);
    refuse(config, headSize, file);
    const scaling = ropeScalingOf(config, file);
    const sizes = {
      ...{ architecture, width, heads, kvHeads, headSize },
      layers: config.size("num_hidden_layers"),
      mlpWidth: config.size("intermediate_size"),
      vocabulary: config.size("vocab_size"),
      context: contextOf(config),
      eps: config.positive("rms_norm_eps"),
      frequencies: ropeFrequencies(headSize, baseOf(config, file), scaling),
      biased: [
        ...(architecture === "qwen2" ? ["q", "k", "v"] : []),
        ...(config.get("attention_bias") === true ? ["q", "k", "v", "o"] : []),
        ...(config.get("mlp_bias") === true ? ["gate", "up", "down"] : []),
      ],
    };
    return llamaNetwork(sizes, llamaWeights(weights), weights.file);
  },
};

/** Hugging Face's names of tensors. */
const names: Readonly<Record<string, string>> = {
  embed: "embed_tokens",
  finalNorm: "norm",
  attnNorm: "input_layernorm",
  mlpNorm: "post_attention_layernorm",
  q: "self_attn.q_proj",
  k: "self_attn.k_proj",
  v: "self_attn.v_proj",
  o: "self_attn.o_proj",
  gate: "mlp.gate_proj",
  up: "mlp.up_proj",
  down: "mlp.down_proj",
};

function llamaWeights(weights: WeightFolder): Weights {
  return (part, layer) => {
    const isBias = part.endsWith(".bias");
    const base = names[isBias ? part.slice(0, -5) : part];
    const name = `${layer === undefined ? "" : `layers.${layer}.`}${base}.${isBias ? "bias" : "weight"}`;
    const tensor = weights.tensor(`model.${name}`, name);
    return tensor.shape.length === 2 && part !== "embed" ? transposed(tensor) : tensor;
  };
}

function refuse(config: Settings, headSize: number, file: string): void {
  const activation = config.get("hidden_act") ?? "silu";
  const part = config.get("partial_rotary_factor") ?? 1;
  if (activation === "silu" && part === 1 && headSize % 2 === 0) return;
  const got = `activation ${activation}, partial_rotary_factor ${part} and heads of ${headSize}`;
  const message = `the model must have activation silu and rotate whole heads of even size, got ${got}; use another model`;
  throw new FormatError("unsupported-config", message, { file });
}

/** Up to a sliding window's length, such a window hides nothing. */
function contextOf(config: Settings): number {
  const context = config.size("max_position_embeddings");
  if (config.get("use_sliding_window") === false) return context;
  return Math.min(context, config.optionalSize("sliding_window") ?? context);
}

/** Newer files have the base among the parameters of the rotation. */
function baseOf(config: Settings, file: string): number {
  const parameters = config.get("rope_parameters");
  const nested = parameters === undefined ? undefined : asRecord(parameters, "rope_parameters", file).rope_theta;
  return config.positive("rope_theta", typeof nested === "number" ? nested : 10_000);
}
