import { type Activation, type CheckpointFormat, foldShift, type TensorTaker } from "@monosema/sdl";
import { FormatError } from "@monosema/tensor";
import { type ConfigKeys, configKeys } from "../files/configKeys.js";
import { withContents } from "../files/contents.js";
import { isNamed } from "../files/named.js";
import { readConfig } from "../files/readConfig.js";
import { type FoundDictionary, readDictionary } from "../readDictionary.js";
import { writeSparsify } from "../write/sparsify.js";

const weightsFile = "sae.safetensors";
const configFile = "cfg.json";

/** Folders of EleutherAI's sparsify, one per hook point: SAEs and transcoders with TopK or groupmax, with a skip or not. */
export const sparsify: CheckpointFormat = {
  write: writeSparsify,
  name: "sparsify",
  files: `${weightsFile} and ${configFile}`,
  detects: async (files) =>
    files.names.has(weightsFile) &&
    isNamed(files, [weightsFile, configFile]) &&
    (await withContents(files, weightsFile, ({ names }) => names.has("encoder.weight") && names.has("W_dec"))),
  async read(files, options) {
    const config = configKeys(await readConfig(files, configFile), `${files.folder}/${configFile}`);
    return await withContents(files, weightsFile, async (contents) => {
      const tensors = await contents.tensors();
      const source = { layout: "sparsify", file: contents.file, tensors, configs: new Map([[configFile, config]]) };
      return readDictionary(source, options, (taker) => take(taker, config, `${files.folder}/${configFile}`));
    });
  },
};

function take(tensors: TensorTaker, config: ConfigKeys, file: string): FoundDictionary {
  const nP = config.size("d_in");
  const expansion = config.size("expansion_factor", 32);
  const nQ = config.raw("num_latents") === 0 ? nP * expansion : config.size("num_latents", nP * expansion);
  const activation = activationOf(config, file);
  const transcodes = config.flag("transcode", false);
  const hasSkip = config.flag("skip_connection", false);
  config.raw("normalize_decoder"); // how it was trained
  const isMulti = config.flag("multi_topk", false);
  const weights = {
    encoder: tensors.array("encoder.weight", [nQ, nP]),
    encoderBias: tensors.array("encoder.bias", [nQ]),
    decoder: tensors.array("W_dec", [nQ, nP]),
    decoderBias: tensors.array("b_dec", [nP]),
  };
  const skip = hasSkip ? { skip: tensors.array("W_skip", [nP, nP]) } : {};
  const isSkipSae = hasSkip && !transcodes; // whose skip sees the input before b_dec is subtracted
  return {
    architecture: `${activation.kind} ${hasSkip ? "skip " : ""}${transcodes ? "transcoder" : "sae"}`,
    spec: {
      nP,
      nR: nP,
      nQ,
      activation,
      variant: transcodes || hasSkip ? "transcoder" : "sae",
      skip: hasSkip,
    },
    subtractDecoderBias: !transcodes && !hasSkip,
    weights: { ...(isSkipSae ? foldShift(activation, weights, weights.decoderBias) : weights), ...skip },
    warnings: [
      ...(isSkipSae ? [skipSae] : []),
      ...(isMulti
        ? [`multi_topk: codes are the ${activation.k} of encode; forward of sparsify returns four times as many.`]
        : []),
    ],
  };
}

const skipSae =
  "An SAE with a skip is read as a transcoder of its input, with b_dec folded into the bias of the encoder.";

function activationOf(config: ConfigKeys, file: string): Extract<Activation, { kind: "topk" | "groupmax" }> {
  const kind = config.text("activation", "topk");
  const k = config.size("k", 32);
  if (config.raw("signed") === true) throw unsupported("signed must be false", "true", file);
  if (kind === "topk" || kind === "groupmax") return { kind, k };
  throw unsupported("activation must be topk or groupmax", kind, file);
}

function unsupported(requirement: string, got: string, file: string): FormatError {
  return new FormatError("unsupported-activation", `${requirement}, got ${got}; give another dictionary`, { file });
}
