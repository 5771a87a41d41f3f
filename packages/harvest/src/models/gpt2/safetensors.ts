import { FormatError } from "@monosema/tensor";
import { checkHeads } from "../record.js";
import type { SafetensorsArchitecture } from "../safetensors/architecture.js";
import { gpt2Network } from "./graph.js";
import { gpt2Name } from "./names.js";

/** GPT2LMHeadModel, or GPT2Model. Its linear maps lie as `[in, out]` (Conv1D). */
export const gpt2Safetensors: SafetensorsArchitecture = {
  names: ["gpt2"],
  startTokens: [],
  endTokens: [],
  network: (config, weights, architecture) => {
    const file = "config.json";
    const [width, heads] = [config.size("n_embd"), config.size("n_head")];
    checkHeads({ heads, kvHeads: heads, headSize: width / heads }, file);
    if (config.get("scale_attn_weights") === false || config.get("scale_attn_by_inverse_layer_idx") === true) {
      const message = "attention must be scaled by the width of its heads alone, got another scale; use another model";
      throw new FormatError("unsupported-config", message, { file });
    }
    const sizes = {
      ...{ architecture, width, heads },
      layers: config.size("n_layer"),
      mlpWidth: config.optionalSize("n_inner") ?? 4 * width,
      vocabulary: config.size("vocab_size"),
      context: config.size("n_positions", "n_ctx"),
      eps: config.positive("layer_norm_epsilon", 1e-5),
      activation: String(config.get("activation_function") ?? "gelu_new"),
    };
    const find = (part: string, layer?: number) => {
      const name = gpt2Name(part, layer);
      return weights.tensor(`transformer.${name}`, name);
    };
    return gpt2Network(sizes, find, weights.file);
  },
};
