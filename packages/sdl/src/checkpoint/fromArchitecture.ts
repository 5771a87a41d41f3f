import { FormatError } from "@monosema/tensor";
import { kindOf } from "../activations/table.js";
import type { Model, Weights } from "../model.js";
import type { SdlSpec } from "../spec.js";
import { foldScale } from "../training/normalisation.js";
import { type Architecture, architectures, unsupportedArchitecture } from "./architectures.js";
import { type BatchThreshold, batchThreshold } from "./batchThreshold.js";
import type { Orientation } from "./checkpoint.js";
import { foldDecoderNorms } from "./foldDecoderNorms.js";
import { foldWhitening, type Whitening } from "./foldWhitening.js";
import { isObject } from "./json.js";
import { readPursuit, readWeights } from "./readWeights.js";
import { specFrom } from "./record.js";
import type { SaelensConfig } from "./saelensConfig.js";
import type { TensorTaker } from "./tensors.js";
import { isBefore } from "./version.js";

/** What {@link fromArchitecture} reads. */
export interface ArchitectureSource {
  /** cfg.json. */
  readonly config: SaelensConfig;
  /** Its tensors. */
  readonly tensors: TensorTaker;
  /** Factor of activation_scaler.json. */
  readonly scale: number | undefined;
  /** Statistics of activation_whitening.safetensors. */
  readonly whitening: Whitening | undefined;
  /** How square matrices lie. */
  readonly orientation: Orientation | undefined;
  /** Name of cfg.json, for messages. */
  readonly file: string;
}

/** A model without its metadata, and what may surprise about it. */
export interface ReadModel {
  /** The model. */
  readonly model: Model;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** The model that an architecture name of SAELens stands for; its loss terms are unknown. */
export function fromArchitecture(source: ArchitectureSource): ReadModel {
  const { config, tensors, orientation, file } = source;
  const architecture = architectures.get(config.architecture);
  if (architecture === undefined) throw unsupportedArchitecture(config.architecture, file);
  const spec = specOf(config, architecture, file);
  const readAll = architecture.pursues ? readPursuit : readWeights;
  const read = readAll(tensors, spec, orientation, statedOrientation(config));
  const trained = architecture.threshold ? trainedThreshold(tensors, architecture.threshold, spec, file) : undefined;
  return {
    model: {
      spec: unscaledSpec(spec, source),
      weights: folded(nonNegative(read.weights), spec, source, architecture),
      ...(trained ? { threshold: trained.threshold } : {}),
      inputScaling: config.scaling === "average" || config.scaling === "whitening" ? "none" : config.scaling,
    },
    warnings: [
      ...(read.orientation === "transposed"
        ? ["W_enc is stored as [Q, P], the opposite of SAELens; read by its shape."]
        : []),
      ...(config.hookZ ? ["Samples are [heads, d_head] of an attention layer, flattened to one row each."] : []),
      ...(trained?.warnings ?? []),
      ...(mayHaveWrongThreshold(config) ? [wrongThreshold] : []),
    ],
  };
}

/**
 * How a square W_enc lies: as SAELens writes it where it names its version, for all of its versions write [P, Q]. The names of tensors and
 * keys show nothing, since other programs use them for the opposite; these do not name a version of SAELens.
 */
const statedOrientation = ({ version }: SaelensConfig): Orientation | undefined =>
  version === undefined ? undefined : "saelens";

function specOf(config: SaelensConfig, architecture: Architecture, file: string): SdlSpec {
  const { isTranscoder, hasSkip, pursues = false } = architecture;
  const { nP, nR, nQ, subtractDecoderBias } = config;
  const refuse = (problem: string): FormatError => new FormatError("bad-config", `${problem} in cfg.json`, { file });
  return specFrom(
    {
      variant: isTranscoder ? "transcoder" : "sae",
      nP,
      nR,
      nQ,
      activation: architecture.activation(config),
      biases: { encoder: !pursues, decoder: subtractDecoderBias || !pursues, subtractDecoderBias },
      skip: hasSkip ?? false,
      tied: false,
      unitNormDecoder: false,
      reduction: "sum",
      terms: {},
    } satisfies SdlSpec,
    refuse,
  );
}

/** Decoder norms go first: latents and the BatchTopK threshold are in units of z_i n_i of the decoder as it was trained. */
function folded(
  weights: Weights,
  spec: SdlSpec,
  { config, scale, whitening, file }: ArchitectureSource,
  architecture: Architecture,
): Weights {
  const { scaling } = config;
  const { rescales } = architecture;
  const isRescaled = rescales !== undefined && (config.rescales ?? rescales);
  const unit = isRescaled ? foldDecoderNorms(weights, spec) : weights;
  const missing = (mode: string, what: string): FormatError =>
    new FormatError(
      "missing-scale",
      `normalize_activations ${mode} needs ${what}, got none; put that file beside cfg.json`,
      { file },
    );
  if (scaling === "average") {
    if (scale === undefined) throw missing("expected_average_only_in", "the scaling_factor of activation_scaler.json");
    return foldScale(unit, { input: scale, target: scale });
  }
  if (scaling === "whitening") {
    if (architecture.pursues) throw new FormatError("unsupported-normalization", pursuitWhitening, { file });
    if (whitening === undefined) throw missing("covariance_whitening", "activation_whitening.safetensors");
    return foldWhitening(unit, whitening, spec);
  }
  return unit;
}

/** ReLU(z) 1[z > theta] with a negative theta is a plain ReLU, which is theta = 0 here. */
function nonNegative(weights: Weights): Weights {
  return weights.theta ? { ...weights, theta: weights.theta.map((theta) => Math.max(theta, 0)) } : weights;
}

/** Options of the activation for data in their own units. */
function unscaledSpec(spec: SdlSpec, { config, scale }: ArchitectureSource): SdlSpec {
  const { activation } = spec;
  const moved = config.scaling === "average" && scale ? kindOf(activation).unscaled?.(activation, scale) : undefined;
  return moved ? { ...spec, activation: moved } : spec;
}

function trainedThreshold(tensors: TensorTaker, tensor: string, { activation }: SdlSpec, file: string): BatchThreshold {
  const [value = Number.NaN] = tensors.numbers(tensor, []);
  const k = kindOf(activation).count?.(activation) ?? 0;
  return batchThreshold(value, { k, isSet: value > 0, tensor, file });
}

const pursuitWhitening =
  "normalize_activations must not be covariance_whitening for matching_pursuit, which it would not leave one matrix; train without it";

function mayHaveWrongThreshold({ architecture, metadata, version, scaling }: SaelensConfig): boolean {
  const { training_architecture: trained = architecture, training_architecture_details: details } = metadata;
  if (!String(trained).endsWith("batchtopk") || scaling !== "none") return false;
  if (isObject(details) && details.rescale_acts_by_decoder_norm === false) return false;
  return isBefore(String(metadata.sae_lens_training_version ?? version ?? ""), [6, 54, 9]);
}

const wrongThreshold =
  "A BatchTopK dictionary trained by SAELens before 6.54.9: if expected_average_only_in was used, its threshold is wrong by that factor (SAELens #763). Compare L0 with k.";
