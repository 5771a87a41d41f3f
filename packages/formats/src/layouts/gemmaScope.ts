import { type CheckpointFormat, type TensorTaker, transpose } from "@monosema/sdl";
import { FormatError, type StoredTensor } from "@monosema/tensor";
import { type ConfigKeys, configKeys } from "../files/configKeys.js";
import { withContents } from "../files/contents.js";
import { onlyFile } from "../files/named.js";
import { readConfig } from "../files/readConfig.js";
import { type FoundDictionary, readDictionary } from "../readDictionary.js";

const files = /\.(npz|safetensors)$/;
const configFile = "config.json";

/** Gemma Scope: `params.npz` of SAEs and transcoders, and `params.safetensors` of Gemma Scope 2 with its config.json; all JumpReLU. */
export const gemmaScope: CheckpointFormat = {
  name: "Gemma Scope",
  files: "params.npz, or params.safetensors and config.json",
  async detects(found) {
    const name = onlyFile(found, files);
    if (name === undefined) return false;
    return await withContents(found, name, ({ names }) => {
      if (name.endsWith(".safetensors") && !names.has("w_enc")) return false; // SAELens' names, which mean more than Google's
      const known = [...names].map(plainName);
      return ["W_enc", "W_dec", "b_enc", "b_dec", "threshold"].every((wanted) => known.includes(wanted));
    });
  },
  async read(found, options) {
    const config = found.names.has(configFile)
      ? configKeys(await readConfig(found, configFile), `${found.folder}/${configFile}`)
      : undefined;
    return await withContents(found, onlyFile(found, files) as string, async (contents) => {
      const source = {
        layout: "gemma-scope",
        file: contents.file,
        tensors: renamed(await contents.tensors()),
        ...(config && { configs: new Map([[configFile, config]]) }),
      };
      return readDictionary(source, options, (tensors) => take(tensors, config, contents.file));
    });
  },
};

const spellings: Readonly<Record<string, string>> = {
  w_enc: "W_enc",
  wenc: "W_enc",
  w_e: "W_enc",
  w_dec: "W_dec",
  wdec: "W_dec",
  w_d: "W_dec",
  benc: "b_enc",
  b_e: "b_enc",
  bdec: "b_dec",
  b_d: "b_dec",
};

/** The name that is meant: files spell them in several ways. */
function plainName(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(spellings, lower) ? (spellings[lower] as string) : lower;
}

function renamed(tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const names = [...tensors].map(([name, tensor]) => [plainName(name), tensor] as const);
  return new Map(names).size === tensors.size ? new Map(names) : tensors;
}

function take(tensors: TensorTaker, config: ConfigKeys | undefined, file: string): FoundDictionary {
  const [nP = 0, nQ = 0] = tensors.shape("W_enc");
  const [nR = 0] = tensors.shape("b_dec");
  if (tensors.shape("W_dec").length > 2) {
    const message = `W_dec must have the shape [${nQ}, ${nR}], got [${tensors.shape("W_dec").join(", ")}], that of a cross-layer transcoder; give a dictionary of one layer`;
    throw new FormatError("unsupported-architecture", message, { file, tensor: "W_dec" });
  }
  const hasSkip = tensors.has("affine_skip_connection");
  const hook = config?.has("hf_hook_point_out") === true;
  const transcodes = hasSkip || hook || nP !== nR || config?.has("affine_connection") === true;
  const isUnsure = !transcodes && config === undefined;
  refuseScaling(tensors, file);
  config?.raw("architecture");
  config?.raw("affine_connection");
  return {
    architecture: `jumprelu${hasSkip ? "_skip" : ""}${transcodes ? "_transcoder" : ""}`,
    spec: {
      nP,
      nR,
      nQ,
      activation: { kind: "jumprelu", theta: 0.001, bandwidth: 0.001 },
      variant: transcodes ? "transcoder" : "sae",
      skip: hasSkip,
    },
    subtractDecoderBias: false,
    weights: {
      encoder: transpose(tensors.array("W_enc", [nP, nQ]), nP, nQ),
      encoderBias: tensors.array("b_enc", [nQ]),
      theta: tensors.array("threshold", [nQ]).map((theta) => Math.max(theta, 0)), // below 0 it is a ReLU
      decoder: tensors.array("W_dec", [nQ, nR]),
      decoderBias: tensors.array("b_dec", [nR]),
      ...(hasSkip ? { skip: transpose(tensors.array("affine_skip_connection", [nP, nR]), nP, nR) } : {}),
    },
    metadata: config?.facts(["model_name", "hf_hook_point_in", "hf_hook_point_out"]) ?? {},
    warnings: isUnsure ? [unsure] : [],
  };
}

const unsure =
  "The file does not say whether it is an SAE or a transcoder of equal widths: it is read as an SAE. Codes and outputs are the same.";

function refuseScaling(tensors: TensorTaker, file: string): void {
  if (!tensors.has("scaling_factor") || tensors.numbers("scaling_factor").every((factor) => factor === 1)) return;
  const message = "scaling_factor must be all 1, got other values; fold it into the weights first";
  throw new FormatError("scaling-factor", message, { file, tensor: "scaling_factor" });
}
