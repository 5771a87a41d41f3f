import { FormatError } from "@monosema/tensor";
import { transposed } from "../lazyTensor.js";
import type { Weights } from "../network/network.js";
import { checkHeads, type Settings } from "../record.js";
import type { SafetensorsArchitecture } from "../safetensors/architecture.js";
import type { WeightFolder } from "../safetensors/weightFolder.js";
import { bertNetwork } from "./graph.js";

/** BertModel, such as MiniLM, and RobertaModel with its kin, or these with a head. */
export const bertSafetensors: SafetensorsArchitecture = {
  names: ["bert", "roberta", "xlm-roberta", "camembert"],
  startTokens: ["[CLS]", "<s>"],
  endTokens: ["[SEP]", "</s>"],
  network: (config, weights, architecture) => {
    const file = "config.json";
    const [width, heads] = [config.size("hidden_size"), config.size("num_attention_heads")];
    checkHeads({ heads, kvHeads: heads, headSize: width / heads }, file);
    refuse(config, file);
    const sizes = {
      ...{ architecture, width, heads },
      layers: config.size("num_hidden_layers"),
      mlpWidth: config.size("intermediate_size"),
      vocabulary: config.size("vocab_size"),
      positions: config.size("max_position_embeddings"),
      firstPosition: architecture === "bert" ? 0 : 1 + padding(config),
      segments: config.size("type_vocab_size"),
      eps: config.positive("layer_norm_eps", 1e-12),
      activation: String(config.get("hidden_act") ?? "gelu"),
    };
    return bertNetwork(sizes, bertWeights(weights), weights.file);
  },
};

/** Hugging Face's names of tensors. */
const names: Readonly<Record<string, string>> = {
  embed: "embeddings.word_embeddings",
  position: "embeddings.position_embeddings",
  segment: "embeddings.token_type_embeddings",
  embedNorm: "embeddings.LayerNorm",
  q: "attention.self.query",
  k: "attention.self.key",
  v: "attention.self.value",
  o: "attention.output.dense",
  attnNorm: "attention.output.LayerNorm",
  up: "intermediate.dense",
  down: "output.dense",
  mlpNorm: "output.LayerNorm",
};
const tables: readonly string[] = ["embed", "position", "segment"];

function bertWeights(weights: WeightFolder): Weights {
  return (part, layer) => {
    const isBias = part.endsWith(".bias");
    const name = `${layer === undefined ? "" : `encoder.layer.${layer}.`}${names[isBias ? part.slice(0, -5) : part]}`;
    // The first BERTs name the parameters of a normalisation as TensorFlow does.
    const endings = isBias ? ["bias", "beta"] : ["weight", "gamma"];
    const tensor = weights.tensor(
      ...endings.flatMap((ending) => ["", "bert.", "roberta."].map((prefix) => `${prefix}${name}.${ending}`)),
    );
    return tensor.shape.length === 2 && !tables.includes(part) ? transposed(tensor) : tensor;
  };
}

/** RoBERTa counts positions from the number of its padding token on. */
function padding(config: Settings): number {
  return config.get("pad_token_id") === 0 ? 0 : (config.optionalSize("pad_token_id") ?? 1);
}

function refuse(config: Settings, file: string): void {
  const positions = config.get("position_embedding_type") ?? "absolute";
  if (positions === "absolute" && config.get("is_decoder") !== true) return;
  const got = config.get("is_decoder") === true ? "a decoder" : `positions ${positions}`;
  throw new FormatError(
    "unsupported-config",
    `the model must be an encoder with absolute positions, got ${got}; use another model`,
    {
      file,
    },
  );
}
