import {
  type InferenceSelection,
  type InferenceThreshold,
  type InferenceValues,
  inferenceRule,
  type Model,
} from "@monosema/sdl";
import type { Sigma } from "@monosema/theory";

/** The selection rule of a model at inference, in the activations that theory knows. */
export interface SelectionRule {
  /** Activation with its bias. */
  readonly sigma: Sigma;
  /** Factors of the encoder rows, where the values are scaled, `[nQ]`. */
  readonly factors?: Float64Array;
  /** What this rests on, for people. */
  readonly assumption?: string;
  /** What the theory lacks for the selection, where it knows none like it: the activation then stands for nothing. */
  readonly lacks?: string;
}

/** One record for all activations: what is said of a new one holds for its rule at inference. */
export function selectionRule(model: Model): SelectionRule {
  const { selection: chosen, bias, values } = inferenceRule(model, "audit");
  const b = bias ? { bias: Float64Array.from(bias) } : {};
  if (chosen.kind === "topK")
    return { sigma: { kind: chosen.signed ? "topk" : "topk-relu", k: chosen.k as number, ...b } };
  if (chosen.kind !== "threshold") {
    const lacks = `the theory knows latents that are selected by thresholds or by rank, and ${model.spec.activation.kind} selects them ${otherwise[chosen.kind]}`;
    return { sigma: { kind: "relu", ...b }, lacks };
  }
  if (values) return gatedRule(chosen, bias, values, model.spec.nQ);
  if (chosen.theta === 0) return { sigma: { kind: "relu", ...b } };
  const theta = typeof chosen.theta === "number" ? chosen.theta : Float64Array.from(chosen.theta);
  return {
    sigma: { kind: "jumprelu", theta, ...b },
    ...(model.threshold === undefined
      ? {}
      : {
          assumption: `BatchTopK is audited as it runs at inference, with its threshold ${model.threshold.toPrecision(4)}`,
        }),
  };
}

/** How the other activations select. */
const otherwise: Readonly<Record<Exclude<InferenceSelection["kind"], "topK" | "threshold">, string>> = {
  groupMax: "within groups",
  absTopK: "by magnitude, with their sign",
  pursuit: "one after the other, each by what the others left",
};

/** relu(e^r u + b_mag) where u + b_gate > theta is a JumpReLU of e^r u + b_mag (Rajamanoharan et al. 2024a, appendix). */
function gatedRule(
  { theta }: InferenceThreshold,
  bias: Float32Array | undefined,
  { gain, offset }: InferenceValues,
  nQ: number,
): SelectionRule {
  const factors = Float64Array.from({ length: nQ }, (_, i) => gain?.[i] ?? 1);
  const added = Float64Array.from({ length: nQ }, (_, i) => offset?.[i] ?? 0);
  const open = (i: number): number => (typeof theta === "number" ? theta : (theta[i] as number)) - (bias?.[i] ?? 0);
  return {
    sigma: {
      kind: "jumprelu",
      theta: factors.map((factor, i) => Math.max(0, (added[i] as number) + factor * open(i))),
      bias: added,
    },
    factors,
    assumption: "the gates are audited as the JumpReLU thresholds that they are equal to",
  };
}
