import { FormatError } from "@monosema/tensor";
import type { Activation } from "../activations/table.js";
import { kindOf } from "../activations/table.js";
import type { SdlSpec } from "../spec.js";
import { transcodes } from "../transcodes.js";

/** What an architecture name of SAELens stands for. */
export interface Architecture {
  /** Its activation; numbers that the file does not give are the defaults of SAELens. */
  activation(config: ActivationConfig): Activation;
  /** Its target lies in another space. */
  readonly isTranscoder?: true;
  /** Adds x_p skip^T. */
  readonly hasSkip?: true;
  /** Whether latents are selected by z times the decoder norm, where the file does not say; absent where they never are. */
  readonly rescales?: boolean;
  /** The tensor that holds the running threshold of training. */
  readonly threshold?: string;
  /** The decoder is the encoder too, and b_dec is added only where it is subtracted. */
  readonly pursues?: true;
}

/** Numbers of an activation in cfg.json. */
export interface ActivationConfig {
  /** Entries per row. */
  readonly k?: number | undefined;
  /** Rate of the running BatchTopK threshold. */
  readonly thresholdRate?: number | undefined;
  /** Steps of matching pursuit; d_in where the file has none. */
  readonly maxIterations?: number | undefined;
  /** The norm of what is left that ends matching pursuit. */
  readonly residualThreshold?: number | undefined;
  /** Whether matching pursuit ends at a step without another latent. */
  readonly stopOnDuplicateSupport?: boolean | undefined;
}

const relu = (): Activation => ({ kind: "relu" });
const jumpRelu = (): Activation => ({ kind: "jumprelu", theta: 0.01, bandwidth: 0.05 });
const batchTopK: Architecture = {
  activation: ({ k = 100, thresholdRate = 0.01 }) => ({ kind: "batchtopk", k, thresholdRate }),
  rescales: true,
  threshold: "topk_threshold",
};

function pursuit(config: ActivationConfig): Activation {
  const { maxIterations = 1, residualThreshold = 0.01, stopOnDuplicateSupport = true } = config;
  return {
    kind: "matchingpursuit",
    maxIterations,
    residualThreshold: Math.max(residualThreshold, 0), // below 0 means never, as 0 does
    stopOnDuplicateSupport,
  };
}

/** The architectures that can be read, by their SAELens names; the last two are training layouts. */
export const architectures: ReadonlyMap<string, Architecture> = new Map<string, Architecture>([
  ["standard", { activation: relu }],
  ["topk", { activation: ({ k = 100 }) => ({ kind: "topk", k }), rescales: false }],
  ["abstopk", { activation: ({ k = 100 }) => ({ kind: "abstopk", k }), rescales: false }],
  ["jumprelu", { activation: jumpRelu }],
  ["gated", { activation: () => ({ kind: "gated" }) }],
  ["matching_pursuit", { activation: pursuit, pursues: true }],
  ["transcoder", { activation: relu, isTranscoder: true }],
  ["skip_transcoder", { activation: relu, isTranscoder: true, hasSkip: true }],
  ["jumprelu_transcoder", { activation: jumpRelu, isTranscoder: true }],
  ["jumprelu_skip_transcoder", { activation: jumpRelu, isTranscoder: true, hasSkip: true }],
  ["batchtopk", batchTopK],
  ["matryoshka_batchtopk", batchTopK],
]);

/** The refusal of an architecture that is not in {@link architectures}. */
export function unsupportedArchitecture(name: string, file: string): FormatError {
  const message = `architecture must be one of ${[...architectures.keys()].join(", ")}, got ${name}; use SAELens for this file`;
  return new FormatError("unsupported-architecture", message, { file });
}

/** Written where SAELens has no name: its readers refuse it, ours goes by the record in the metadata. */
export const ownArchitecture = "monosema";

/** The SAELens name under which a model computes the same at inference. */
export function architectureOf({ activation, variant, skip }: SdlSpec): string {
  if (variant === "crosslayer") return ownArchitecture;
  const kind = kindOf(activation).saelens?.(activation);
  const found = [...architectures].find(
    ([, one]) =>
      one.activation({}).kind === kind &&
      (one.isTranscoder ?? false) === (variant === "transcoder") &&
      (one.hasSkip ?? false) === skip,
  );
  return found?.[0] ?? ownArchitecture;
}

/** The fields of cfg.json that belong to an architecture. */
export function architectureFields(architecture: string, spec: SdlSpec): Record<string, unknown> {
  const { activation } = spec;
  if (activation.kind === architecture && (activation.kind === "topk" || activation.kind === "abstopk"))
    return { k: activation.k, rescale_acts_by_decoder_norm: false };
  return transcodes(spec) ? { d_out: spec.nR } : {};
}
