import type { Activation, SdlSpec } from "../spec.js";

/** What an architecture name of SAELens stands for. */
export interface Architecture {
  /** Its activation. */
  readonly activation: Activation["kind"];
  /** Its target lies in another space. */
  readonly isTranscoder?: true;
  /** Adds x_p skip^T. */
  readonly hasSkip?: true;
}

/** The architectures that can be read, by their SAELens names; the last two are training layouts. */
export const architectures: ReadonlyMap<string, Architecture> = new Map<string, Architecture>([
  ["standard", { activation: "relu" }],
  ["topk", { activation: "topk" }],
  ["jumprelu", { activation: "jumprelu" }],
  ["gated", { activation: "gated" }],
  ["transcoder", { activation: "relu", isTranscoder: true }],
  ["skip_transcoder", { activation: "relu", isTranscoder: true, hasSkip: true }],
  ["jumprelu_transcoder", { activation: "jumprelu", isTranscoder: true }],
  ["jumprelu_skip_transcoder", { activation: "jumprelu", isTranscoder: true, hasSkip: true }],
  ["batchtopk", { activation: "batchtopk" }],
  ["matryoshka_batchtopk", { activation: "batchtopk" }],
]);

/** Written where SAELens has no name: its readers refuse it, ours goes by the record in the metadata. */
export const ownArchitecture = "monosema";

/** The SAELens name under which a model computes the same at inference. */
export function architectureOf(spec: SdlSpec): string {
  const { activation, variant, skip } = spec;
  const thresholded = activation.kind === "jumprelu" || activation.kind === "batchtopk";
  if (variant === "transcoder") {
    const name = skip ? "skip_transcoder" : "transcoder";
    if (thresholded) return `jumprelu_${name}`;
    return activation.kind === "relu" ? name : ownArchitecture;
  }
  if (thresholded) return "jumprelu";
  if (activation.kind === "topk") return activation.signed === true ? ownArchitecture : "topk";
  return activation.kind === "relu" ? "standard" : "gated";
}

/** The fields of cfg.json that belong to an architecture. */
export function architectureFields(architecture: string, spec: SdlSpec): Record<string, unknown> {
  const { activation } = spec;
  if (architecture === "topk" && activation.kind === "topk")
    return { k: activation.k, rescale_acts_by_decoder_norm: false };
  return spec.variant === "transcoder" ? { d_out: spec.nR } : {};
}
