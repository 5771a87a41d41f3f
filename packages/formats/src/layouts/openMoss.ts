import {
  type Activation,
  batchThreshold,
  type CheckpointFiles,
  type CheckpointFormat,
  foldDecoderNorms,
  foldScale,
  foldShift,
  type TensorTaker,
  transpose,
  type Weights,
} from "@monosema/sdl";
import { FormatError } from "@monosema/tensor";
import { type ConfigKeys, configKeys } from "../files/configKeys.js";
import { withContents } from "../files/contents.js";
import { isNamed } from "../files/named.js";
import { readConfig } from "../files/readConfig.js";
import { type FoundDictionary, readDictionary } from "../readDictionary.js";

const weightNames = ["sae_weights", "final", "pruned", "checkpoints/pruned", "checkpoints/final"].map(
  (name) => `${name}.safetensors`,
);
const configNames = ["config.json", "hyperparams.json", "lm_config.json"];

/** Folders of OpenMOSS (Language-Model-SAEs, llamascopium), of linear layers as in Llama Scope or with W_E and W_D as since. */
export const openMoss: CheckpointFormat = {
  name: "OpenMOSS",
  files: "sae_weights.safetensors or checkpoints/final.safetensors, and config.json or hyperparams.json",
  async detects(files) {
    const name = weightsFile(files);
    if (name === undefined || !isNamed(files, [...weightNames, ...configNames])) return false;
    return await withContents(
      files,
      name,
      ({ names }) =>
        (names.has("W_E") && names.has("W_D")) || (names.has("encoder.weight") && names.has("decoder.weight")),
    );
  },
  async read(files, options) {
    const configFile = configNames.find((name) => files.names.has(name)) ?? "config.json";
    const at = `${files.folder}/${configFile}`;
    const config = configKeys(await readConfig(files, configFile), at);
    return await withContents(files, weightsFile(files) as string, async (contents) => {
      const tensors = await contents.tensors();
      const source = { layout: "openmoss", file: contents.file, tensors, configs: new Map([[configFile, config]]) };
      return readDictionary(source, options, (taker) => take(taker, config, [...tensors.keys()], at));
    });
  },
};

const weightsFile = ({ names }: CheckpointFiles): string | undefined => weightNames.find((name) => names.has(name));

function take(tensors: TensorTaker, config: ConfigKeys, names: readonly string[], file: string): FoundDictionary {
  refuseOthers(config, file);
  const nP = config.size("d_model");
  const nQ = config.has("d_sae") ? config.size("d_sae") : Math.floor(nP * config.number("expansion_factor"));
  const hooks = [config.text("hook_point_in", ""), config.text("hook_point_out", "")] as const;
  const transcodes = hooks[0] !== hooks[1] && hooks[1] !== "";
  const withNorms = config.flag("sparsity_include_decoder_norm", true);
  const { activation, theta, threshold, warnings = [] } = activationOf(tensors, config, nQ, file);
  const raw = lessDecoderBias(matrices(tensors, nP, nQ), config, activation);
  const isRanked = threshold !== undefined || activation.kind === "topk";
  const unit = {
    ...(withNorms && isRanked ? foldDecoderNorms(raw, { nQ, activation }) : raw),
    ...(theta ? { theta: withNorms ? theta.map((value, i) => value / normOf(raw.decoder, i, nP)) : theta } : {}),
  };
  const scale = scaleOf(config, tensors, names, hooks, file);
  return {
    architecture: `${activation.kind} ${transcodes ? "transcoder" : "sae"}`,
    spec: { nP, nR: nP, nQ, activation, variant: transcodes ? "transcoder" : "sae" },
    subtractDecoderBias: false,
    inputScaling: scale === "sample" ? "constantNorm" : "none",
    weights: scale === "sample" || scale === undefined ? unit : foldScale(unit, scale),
    ...(threshold === undefined ? {} : { threshold }),
    metadata: { hook_name: hooks[0], ...(transcodes ? { hook_name_out: hooks[1] } : {}) },
    warnings: [
      ...warnings,
      ...(withNorms && isRanked ? [byNorm] : []),
      ...(config.has("norm_activation") ? [] : [unscaled]),
    ],
  };
}

const unscaled =
  "The config does not say how samples were scaled in training: by the mean norm of the data where the files hold one, else not at all.";

const byNorm =
  "Latents are selected by z times the decoder norm: decoder rows are brought to unit norm, and latents are that much larger than the program's.";

/** Samples that lose b_D before they are encoded, when they are scaled already. */
function lessDecoderBias(weights: Weights, config: ConfigKeys, activation: Activation): Weights {
  const { decoderBias } = weights;
  const isLess = config.flag("apply_decoder_bias_to_pre_encoder", false) && decoderBias !== undefined;
  return isLess ? foldShift(activation, weights, decoderBias) : weights;
}

function normOf(decoder: Float32Array, latent: number, nP: number): number {
  return Math.sqrt(decoder.subarray(latent * nP, (latent + 1) * nP).reduce((sum, value) => sum + value * value, 0));
}

/** Weights of linear layers, or parameters that rows are multiplied with. */
function matrices(tensors: TensorTaker, nP: number, nQ: number): Weights {
  if (tensors.has("W_E")) {
    return {
      encoder: transpose(tensors.array("W_E", [nP, nQ]), nP, nQ),
      encoderBias: tensors.array("b_E", [nQ]),
      decoder: tensors.array("W_D", [nQ, nP]),
      ...(tensors.has("b_D") ? { decoderBias: tensors.array("b_D", [nP]) } : {}),
    };
  }
  return {
    encoder: tensors.array("encoder.weight", [nQ, nP]),
    encoderBias: tensors.array("encoder.bias", [nQ]),
    decoder: transpose(tensors.array("decoder.weight", [nP, nQ]), nP, nQ),
    ...(tensors.has("decoder.bias") ? { decoderBias: tensors.array("decoder.bias", [nP]) } : {}),
  };
}

interface FoundActivation extends Pick<FoundDictionary, "threshold" | "warnings"> {
  readonly activation: Activation;
  readonly theta?: Float32Array;
}

function activationOf(tensors: TensorTaker, config: ConfigKeys, nQ: number, file: string): FoundActivation {
  const name = config.text("act_fn", "relu").toLowerCase();
  if (name === "relu") return { activation: { kind: "relu" } };
  if (name === "topk") return { activation: { kind: "topk", k: config.size("top_k", 50) } };
  if (name === "batchtopk") {
    const k = config.size("top_k", 50);
    const { threshold, warnings } = batchThreshold(-1, { k, isSet: false, tensor: "threshold", file });
    return { activation: { kind: "batchtopk", k }, threshold, warnings };
  }
  if (name === "jumprelu") {
    const window = config.number("jumprelu_threshold_window", 2);
    return {
      activation: { kind: "jumprelu", theta: 0.1, bandwidth: window },
      theta: thetaOf(tensors, config, nQ, file),
    };
  }
  const message = `act_fn must be relu, topk, batchtopk or jumprelu, got ${name}; give another dictionary`;
  throw new FormatError("unsupported-activation", message, { file });
}

/** Thresholds are stored as logarithms; Llama Scope has one for all latents in its config. */
function thetaOf(tensors: TensorTaker, config: ConfigKeys, nQ: number, file: string): Float32Array {
  const logarithms = ["log_jumprelu_threshold", "activation_function.log_jumprelu_threshold"];
  const name = logarithms.find((logarithm) => tensors.has(logarithm));
  if (name !== undefined || !config.has("jump_relu_threshold"))
    return tensors.array(name ?? (logarithms[1] as string), [nQ]).map(Math.exp);
  const theta = config.number("jump_relu_threshold");
  if (theta >= 0) return new Float32Array(nQ).fill(theta);
  throw new FormatError("bad-config", `jump_relu_threshold must be at least 0, got ${theta}; correct the file`, {
    file,
  });
}

/** Factors of inputs and outputs to a norm of sqrt(P), by the mean norm of the data or of each sample by itself. */
function scaleOf(
  config: ConfigKeys,
  tensors: TensorTaker,
  names: readonly string[],
  [input, output]: readonly [string, string],
  file: string,
): { readonly input: number; readonly target: number } | "sample" | undefined {
  const prefix = "dataset_average_activation_norm.";
  const width = config.size("d_model");
  const norms = new Map(
    names.flatMap((name) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensors.numbers(name)[0] ?? 0]] : [],
    ),
  );
  const isScaled = norms.size > 0 || config.has("dataset_average_activation_norm");
  const mode = config.text("norm_activation", isScaled ? "dataset-wise" : "inference");
  if (mode === "inference") return undefined;
  if (mode === "token-wise" && (output === "" || input === output)) return "sample";
  if (mode === "dataset-wise") {
    const own = config.part("dataset_average_activation_norm");
    const factor = (hook: string, key: string): number => {
      const norm = norms.get(hook) ?? (own.has(key) ? own.number(key) : 0);
      if (norm > 0 && norm < Number.POSITIVE_INFINITY) return Math.sqrt(width) / norm;
      const message = `dataset_average_activation_norm of ${hook || key} must be a positive number, got ${norm || "none"}; save the dictionary with fold_activation_scale`;
      throw new FormatError("missing-scale", message, { file });
    };
    return { input: factor(input, "in"), target: factor(output || input, "out") };
  }
  const message = `norm_activation must be dataset-wise, inference or, but for transcoders, token-wise, got ${mode}; save the dictionary with fold_activation_scale`;
  throw new FormatError("unsupported-normalization", message, { file });
}

function refuseOthers(config: ConfigKeys, file: string): void {
  const type = config.text("sae_type", "sae");
  const glu = config.flag("use_glu_encoder", false);
  if (type === "sae" && !glu) return;
  const message = `sae_type must be sae without use_glu_encoder, got ${type}${glu ? " with it" : ""}; give another dictionary`;
  throw new FormatError("unsupported-architecture", message, { file });
}
