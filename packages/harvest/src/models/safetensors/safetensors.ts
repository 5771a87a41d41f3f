import { FormatError } from "@monosema/tensor";
import type { Files } from "../../files.js";
import { bertSafetensors } from "../bert/safetensors.js";
import { gpt2Safetensors } from "../gpt2/safetensors.js";
import { llamaSafetensors } from "../llama/safetensors.js";
import type { ModelFormat } from "../modelFormat.js";
import { networkModel } from "../network/networkModel.js";
import { settings } from "../record.js";
import type { SafetensorsArchitecture } from "./architecture.js";
import { openWeights, readJson, weightFile } from "./weightFolder.js";

/** The networks that are built of such folders: one file each, one line here. */
const architectures: readonly SafetensorsArchitecture[] = [llamaSafetensors, gpt2Safetensors, bertSafetensors];

/** A folder of Hugging Face: config.json, model.safetensors or its parts with their index, tokenizer.json where it is there. */
export const safetensors: ModelFormat = {
  name: "safetensors",
  detects: async (files) => files.names.includes("config.json") && weightFile(files) !== undefined,
  open: async (files) => {
    const record = await readJson(files, "config.json");
    const config = settings(record, "config.json");
    const architecture = architectureOf(record, files.name);
    const tokenizer = files.names.includes("tokenizer.json") ? await readJson(files, "tokenizer.json") : undefined;
    const weights = await openWeights(files);
    try {
      const network = architecture.network(config, weights, String(record.model_type));
      const start = config.get("bos_token_id") ?? tokenOf(tokenizer, architecture.startTokens);
      const end = tokenOf(tokenizer, architecture.endTokens);
      return networkModel(network, {
        name: nameOf(record, files),
        format: "safetensors",
        tokens: {
          ...(typeof start === "number" ? { start } : {}),
          ...(end === undefined ? {} : { end }),
          ...(tokenizer === undefined
            ? { tokenizerAbsent: "its folder must have a tokenizer.json, got none" }
            : { tokenizer }),
        },
        close: weights.close,
      });
    } catch (error) {
      await weights.close();
      throw error;
    }
  },
};

function architectureOf(config: Readonly<Record<string, unknown>>, file: string): SafetensorsArchitecture {
  const kind = config.model_type;
  const found = architectures.find(({ names }) => names.includes(String(kind)));
  if (found === undefined) {
    const names = architectures.flatMap(({ names }) => names).join(", ");
    const message = `model_type must be one of ${names}, got ${kind}; use a model of these, or its ONNX export`;
    throw new FormatError("unsupported-architecture", message, { file });
  }
  if (config.quantization_config === undefined || config.quantization_config === null) return found;
  const message =
    "the weights must be of floating point, got a quantization_config; take the model without quantisation";
  throw new FormatError("unsupported-quantisation", message, { file });
}

function nameOf({ _name_or_path: name }: Readonly<Record<string, unknown>>, files: Files): string {
  const isName = typeof name === "string" && /^[\w.-]+(\/[\w.-]+)?$/.test(name); // else the folder it once lay in
  return isName ? name : files.name;
}

/** Id of the first of these texts among the special tokens of a tokenizer. */
function tokenOf(
  tokenizer: Readonly<Record<string, unknown>> | undefined,
  texts: readonly string[],
): number | undefined {
  const added = tokenizer?.added_tokens;
  if (!Array.isArray(added)) return undefined;
  const found = texts.map((text) => added.find((token) => token?.content === text)?.id);
  return found.find((id): id is number => typeof id === "number");
}
