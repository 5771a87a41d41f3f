import type { Activation } from "../activations/table.js";
import { kindOf } from "../activations/table.js";
import type { SdlSpec } from "../spec.js";

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
}

/** Numbers of an activation in cfg.json. */
export interface ActivationConfig {
  /** Entries per row. */
  readonly k?: number | undefined;
  /** Rate of the running BatchTopK threshold. */
  readonly thresholdRate?: number | undefined;
}

const relu = (): Activation => ({ kind: "relu" });
const jumpRelu = (): Activation => ({ kind: "jumprelu", theta: 0.01, bandwidth: 0.05 });
const batchTopK: Architecture = {
  activation: ({ k = 100, thresholdRate = 0.01 }) => ({ kind: "batchtopk", k, thresholdRate }),
  rescales: true,
  threshold: "topk_threshold",
};

/** The architectures that can be read, by their SAELens names; the last two are training layouts. */
export const architectures: ReadonlyMap<string, Architecture> = new Map<string, Architecture>([
  ["standard", { activation: relu }],
  ["topk", { activation: ({ k = 100 }) => ({ kind: "topk", k }), rescales: false }],
  ["jumprelu", { activation: jumpRelu }],
  ["gated", { activation: () => ({ kind: "gated" }) }],
  ["transcoder", { activation: relu, isTranscoder: true }],
  ["skip_transcoder", { activation: relu, isTranscoder: true, hasSkip: true }],
  ["jumprelu_transcoder", { activation: jumpRelu, isTranscoder: true }],
  ["jumprelu_skip_transcoder", { activation: jumpRelu, isTranscoder: true, hasSkip: true }],
  ["batchtopk", batchTopK],
  ["matryoshka_batchtopk", batchTopK],
]);

/** Written where SAELens has no name: its readers refuse it, ours goes by the record in the metadata. */
export const ownArchitecture = "monosema";

/** The SAELens name under which a model computes the same at inference. */
export function architectureOf({ activation, variant, skip }: SdlSpec): string {
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
  if (architecture === "topk" && activation.kind === "topk")
    return { k: activation.k, rescale_acts_by_decoder_norm: false };
  return spec.variant === "transcoder" ? { d_out: spec.nR } : {};
}
