import { FormatError, type SafetensorsFile } from "@monosema/tensor";
import type { Model } from "../model.js";
import { architectureOf } from "./architectures.js";
import type { Checkpoint } from "./checkpoint.js";
import { readWhitening } from "./foldWhitening.js";
import type { ReadOptions } from "./format.js";
import { fromArchitecture } from "./fromArchitecture.js";
import { fromRecord } from "./fromRecord.js";
import { parseJson } from "./json.js";
import { type MonosemaRecord, parseRecord } from "./record.js";
import { parseSaelensConfig, type SaelensConfig } from "./saelensConfig.js";
import { leftTensors, type TensorTaker, tensorsOf, tensorTaker } from "./tensors.js";
import { weightWarnings } from "./weightWarnings.js";

/** The files of a SAELens folder, and how to read them. */
export interface FromSaelensOptions extends ReadOptions {
  /** Text of `cfg.json`. */
  readonly config: string;
  /** `sae_weights.safetensors`: its bytes, or its tensors. */
  readonly weights: Uint8Array | SafetensorsFile;
  /** Text of `activation_scaler.json`, where there is one. */
  readonly activationScaler?: string;
  /** `activation_whitening.safetensors`, where there is one: its bytes, or its tensors. */
  readonly activationWhitening?: Uint8Array | SafetensorsFile;
  /** Folder name, put before file names in messages. */
  readonly folder?: string;
}

/**
 * Reads a SAELens dictionary (inference or training layout, any version; our own included) into original units: decoder-norm
 * rescaling, a global activation scale and whitening are folded in.
 *
 * @throws FormatError: `not-json`, `bad-config`, `unsupported-architecture`, `unsupported-activation`,
 * `unsupported-normalization`, `missing-scale`, `scaling-factor`, `threshold-unset`, `missing-tensor`, `unexpected-tensor`,
 * `bad-shape`, `bad-dtype`, `ambiguous-orientation`, `bad-record`, `unsupported-version`, or a code of `readSafetensors` of @monosema/tensor
 */
export function fromSaelens(options: FromSaelensOptions): Checkpoint {
  const { config, weights, activationScaler, activationWhitening, orientation, unexpectedTensors, folder } = options;
  const at = (name: string): string => (folder === undefined ? name : `${folder}/${name}`);
  const parsed = parseSaelensConfig(config, at("cfg.json"));
  const file = tensorsOf(weights, at("sae_weights.safetensors"));
  const tensors = tensorTaker(file.tensors, at("sae_weights.safetensors"));
  refuseScalingFactor(tensors, at("sae_weights.safetensors"));
  const scale = activationScaler === undefined ? undefined : scaleFrom(activationScaler, at("activation_scaler.json"));
  const whitening =
    activationWhitening && readWhitening(activationWhitening, parsed.nP, at("activation_whitening.safetensors"));
  const { record, agrees } = recordFrom(file, parsed, at);
  const read = record
    ? { model: fromRecord(record, tensors, at("sae_weights.safetensors"), orientation), warnings: [] }
    : fromArchitecture({ config: parsed, tensors, scale, whitening, orientation, file: at("cfg.json") });
  const whose = `the architecture ${parsed.architecture}`;
  const left = leftTensors(tensors, unexpectedTensors, whose, at("sae_weights.safetensors"));
  const metadata = freeMetadata(parsed);
  const model: Model = { ...read.model, ...(metadata ? { metadata } : {}) };
  return {
    model,
    origin: {
      layout: "saelens",
      architecture: parsed.architecture,
      ...(parsed.version === undefined ? {} : { version: parsed.version }),
      monosema: record !== undefined,
    },
    tensors: Array.from(file.tensors, ([name, { dtype, shape }]) => ({ name, dtype, shape })),
    warnings: [
      ...(record && !(agrees && sameModel(parsed, record)) ? [contradiction] : []),
      ...read.warnings,
      ...weightWarnings(model, file),
    ],
    ignored: [
      ...parsed.ignored.map((key) => `cfg.json: ${key}`),
      ...left.map((name) => `tensor ${name}`),
      ...(scale !== undefined && parsed.scaling !== "average" ? ["activation_scaler.json"] : []),
      ...(whitening !== undefined && parsed.scaling !== "whitening" ? ["activation_whitening.safetensors"] : []),
    ],
  };
}

/** Our record: that of the weights file goes first, for it cannot be of another save than the weights. */
function recordFrom(file: SafetensorsFile, { metadata }: SaelensConfig, at: (name: string) => string): FoundRecord {
  const text = file.metadata.get("monosema");
  const weightsAt = at("sae_weights.safetensors");
  const own = text === undefined ? undefined : parseRecord(parseJson(text, weightsAt), weightsAt);
  const beside = metadata.monosema === undefined ? undefined : parseRecord(metadata.monosema, at("cfg.json"));
  return { record: own ?? beside, agrees: own === undefined || JSON.stringify(own) === JSON.stringify(beside) };
}

/** What {@link recordFrom} found. */
interface FoundRecord {
  readonly record: MonosemaRecord | undefined;
  readonly agrees: boolean;
}

/** Whether the keys that SAELens reads say what the record says. */
function sameModel({ architecture, scaling }: SaelensConfig, { spec, inputScaling }: MonosemaRecord): boolean {
  return architecture === architectureOf(spec) && scaling === inputScaling;
}

const contradiction = "cfg.json contradicts the specification that was saved with the weights; the latter is used.";

/** SAELens before 6.0 stored a factor per latent for a while: harmless where all are 1. */
function refuseScalingFactor(tensors: TensorTaker, file: string): void {
  if (!tensors.has("scaling_factor")) return;
  if (tensors.numbers("scaling_factor").every((factor) => factor === 1)) return;
  throw new FormatError(
    "scaling-factor",
    "scaling_factor must be all 1, got other values; fold it into the weights first",
    {
      file,
      tensor: "scaling_factor",
    },
  );
}

function scaleFrom(text: string, file: string): number | undefined {
  const { scaling_factor: scale } = parseJson(text, file);
  if (scale == null) return undefined;
  if (typeof scale === "number" && scale > 0 && scale < Number.POSITIVE_INFINITY) return scale;
  const message = `scaling_factor must be a positive number or null, got ${JSON.stringify(scale)}; correct the file`;
  throw new FormatError("bad-config", message, { file });
}

/** The metadata without what the model itself holds; `reshape_activations` joins them, so that it is written again. */
function freeMetadata({ metadata, hookZ }: SaelensConfig): Model["metadata"] {
  const { monosema: _record, sae_lens_version: _version, ...free } = metadata;
  const all = hookZ ? { ...free, reshape_activations: "hook_z" } : free;
  return Object.keys(all).length > 0 ? all : undefined;
}
