import {
  type Activation,
  batchThreshold,
  type CheckpointFiles,
  type CheckpointFormat,
  type TensorTaker,
  transpose,
  type Weights,
} from "@monosema/sdl";
import { FormatError, readText } from "@monosema/tensor";
import { type ConfigKeys, configKeys } from "../files/configKeys.js";
import { withContents } from "../files/contents.js";
import { isNamed } from "../files/named.js";
import { plainYaml } from "../files/plainYaml.js";
import { type FoundDictionary, readDictionary } from "../readDictionary.js";

const weightsFile = "model.pt";
const configFile = "model_cfg.yaml";

/** Folders of crosscode: SAEs and transcoders, crosscoders over models and hook points, and cross-layer transcoders with one encoder. */
export const crosscode: CheckpointFormat = {
  name: "crosscode",
  files: `${weightsFile} and ${configFile}`,
  detects: async (files) =>
    files.names.has(weightsFile) &&
    isNamed(files, [weightsFile, configFile]) &&
    (await withContents(files, weightsFile, ({ names }) => names.has("_W_enc_XiDiL"))),
  async read(files, options) {
    const at = `${files.folder}/${configFile}`;
    const config = configKeys(plainYaml(await textOf(files), at), at);
    return await withContents(files, weightsFile, async (contents) => {
      const tensors = await contents.tensors();
      const source = { layout: "crosscode", file: contents.file, tensors, configs: new Map([[configFile, config]]) };
      return readDictionary(source, options, (taker) => take(taker, config, contents.file));
    });
  },
};

async function textOf(files: CheckpointFiles): Promise<string> {
  if (!files.names.has(configFile)) {
    const message = `${configFile} must lie beside the weights, got none; copy the whole folder`;
    throw new FormatError("missing-file", message, { file: files.folder });
  }
  const source = await files.open(configFile);
  return await readText(source).finally(() => source.close());
}

/** Letters of its names: Xi and Xo are the axes of models and hook points, Di and Do widths, L latents. */
function take(tensors: TensorTaker, config: ConfigKeys, file: string): FoundDictionary {
  const shape = shapeOf(config);
  const { nP, nR, inputs, outputs, width } = shape;
  const nQ = config.size("n_latents");
  const { activation, ...batch } = activationOf(config.part("activation_fn"), file);
  const bias = { encoder: config.flag("use_encoder_bias", true), decoder: config.flag("use_decoder_bias", true) };
  const hasSkip = tensors.has("W_skip_DD");
  for (const name of ["folded_scaling_factors_in_Xi", "folded_scaling_factors_out_Xo"]) tensors.skip(name);
  const isFolded = tensors.has("is_folded") && tensors.integers("is_folded")[0] === 1;
  config.raw("dtype");
  const weights: Weights = {
    encoder: transpose(tensors.array("_W_enc_XiDiL", [...inputs, width, nQ]), nP, nQ),
    decoder: tensors.array("_W_dec_LXoDo", [nQ, ...outputs, width]),
    ...(bias.encoder ? { encoderBias: tensors.array("b_enc_L", [nQ]) } : {}),
    ...(bias.decoder ? { decoderBias: tensors.array("_b_dec_XoDo", [...outputs, width]) } : {}),
    ...(hasSkip ? { skip: transpose(tensors.array("W_skip_DD", [width, width]), width, width) } : {}),
    ...(activation.kind === "jumprelu" ? { theta: thresholds(tensors, nQ) } : {}),
  };
  const isCrosscoder = inputs.length > 0;
  const sources = Array.from({ length: nP / width }, () => width);
  const variant = isCrosscoder ? "crosscoder" : hasSkip || nP !== nR ? "transcoder" : "sae";
  return {
    architecture: `${activation.kind} ${variant}`,
    spec: { nP, nR, nQ, activation, variant, skip: hasSkip, ...(isCrosscoder ? { sources } : {}) },
    subtractDecoderBias: false,
    weights,
    ...(batch.threshold === undefined ? {} : { threshold: batch.threshold }),
    warnings: [
      ...(batch.warnings ?? []),
      ...(isFolded ? [] : ["Scaling factors are not folded in: it is for samples scaled as in training."]),
      ...(variant === "sae"
        ? ["The files do not say whether it is an SAE or a transcoder: read as an SAE. Codes and outputs are the same."]
        : []),
    ],
    ignored: ["tensor folded_scaling_factors_in_Xi", "tensor folded_scaling_factors_out_Xo"],
  };
}

interface Shape {
  readonly nP: number;
  readonly nR: number;
  /** Axes of the inputs before their width. */
  readonly inputs: readonly number[];
  /** Axes of the outputs before their width. */
  readonly outputs: readonly number[];
  readonly width: number;
}

function shapeOf(config: ConfigKeys): Shape {
  const width = config.size("d_model");
  if (config.has("n_layers_out")) {
    const layers = config.size("n_layers_out");
    config.raw("linear_skip");
    return { nP: width, nR: layers * width, inputs: [], outputs: [layers], width };
  }
  if (!config.has("n_models")) return { nP: width, nR: width, inputs: [], outputs: [], width };
  const axes = [config.size("n_models"), config.size("n_hookpoints")];
  const nP = axes.reduce((product, size) => product * size, width);
  return { nP, nR: nP, inputs: axes, outputs: axes, width };
}

interface FoundActivation extends Pick<FoundDictionary, "threshold" | "warnings"> {
  readonly activation: Activation;
}

function activationOf(config: ConfigKeys, file: string): FoundActivation {
  const name = config.text("classname");
  const options = config.part("cfg");
  if (name === "ReLUActivation") return { activation: { kind: "relu" } };
  if (name === "TopkActivation") return { activation: { kind: "topk", k: options.size("k"), signed: true } };
  if (name === "BatchTopkActivation") {
    const k = options.size("k_per_example");
    const { threshold, warnings } = batchThreshold(-1, { k, isSet: false, tensor: "threshold", file });
    return { activation: { kind: "batchtopk", k }, threshold, warnings };
  }
  if (name === "AnthropicSTEJumpReLUActivation" || name === "JumpReLUActivationFunction") {
    options.raw("size");
    return { activation: { kind: "jumprelu", theta: 0.1, bandwidth: options.number("bandwidth", 1) } };
  }
  const message = `activation_fn must be ReLUActivation, TopkActivation, BatchTopkActivation or AnthropicSTEJumpReLUActivation, got ${name}; give another dictionary`;
  throw new FormatError("unsupported-activation", message, { file });
}

const thresholds = (tensors: TensorTaker, nQ: number): Float32Array =>
  tensors.array("_activation_fn.log_threshold_L", [nQ]).map(Math.exp);
