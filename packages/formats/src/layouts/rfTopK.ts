import { type CheckpointFormat, transpose } from "@monosema/sdl";
import { configKeys, isRecord, type JsonRecord } from "../files/configKeys.js";
import { type Contents, withContents } from "../files/contents.js";
import { onlyFile } from "../files/named.js";
import { readDictionary } from "../readDictionary.js";

const files = /\.(pt|pth|safetensors)$/;

/** TopK SAEs of sae-rf-classifier: a state dict with its config and the mean that is subtracted first, or the same as safetensors. */
export const rfTopK: CheckpointFormat = {
  name: "rf-topk",
  files: "one .pt or .safetensors with mean and the weights of two linear layers",
  async detects(found) {
    const name = onlyFile(found, files);
    return name !== undefined && (await withContents(found, name, (contents) => partsOf(contents) !== undefined));
  },
  async read(found, options) {
    return await withContents(found, onlyFile(found, files) as string, async (contents) => {
      const { prefix, config: plain } = partsOf(contents) as Parts;
      const config = configKeys(plain, contents.file);
      const all = await contents.tensors();
      const source = {
        layout: "rf-topk",
        file: contents.file,
        tensors: new Map(
          [...all].map(([name, tensor]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, tensor]),
        ),
        configs: new Map([["config", config]]),
      };
      return readDictionary(source, options, (tensors) => {
        const nP = config.size("d_in");
        const nQ = config.size("d_sae");
        const mean = tensors.array("mean", [1, nP]);
        return {
          architecture: "topk",
          spec: { nP, nR: nP, nQ, activation: { kind: "topk", k: config.size("k") } },
          subtractDecoderBias: true,
          weights: {
            encoder: tensors.array("encoder.weight", [nQ, nP]),
            encoderBias: tensors.array("encoder.bias", [nQ]),
            decoder: transpose(tensors.array("decoder.weight", [nP, nQ]), nP, nQ),
            decoderBias: tensors.array("decoder.bias", [nP]).map((bias, d) => bias + (mean[d] as number)),
          },
          warnings: ["The mean is folded into b_dec: reconstructions are of x, the program's own of x - mean."],
          ignored: config.raw("derived_from") === undefined ? [] : ["config: derived_from"],
        };
      });
    });
  },
};

interface Parts {
  /** What the names of the weights begin with. */
  readonly prefix: string;
  /** d_in, d_sae and k. */
  readonly config: JsonRecord;
}

function partsOf({ names, plain, isPyTorch }: Contents): Parts | undefined {
  const prefix = isPyTorch ? "state_dict." : "";
  const weights = ["encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"].map((name) => prefix + name);
  if (![...weights, "mean"].every((name) => names.has(name))) return undefined;
  if (!isPyTorch) return { prefix, config: numbersOf(plain) };
  return isRecord(plain.config) ? { prefix, config: plain.config } : undefined;
}

/** Metadata of safetensors are texts. */
function numbersOf(metadata: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, /^\d+$/.test(String(value)) ? Number(value) : value]),
  );
}
