import { type InferenceValues, inferenceRule, type Model, scaleSamples, type ThresholdSelection } from "@monosema/sdl";
import type { AuditModel, AuditRegulariser, Mat, Sigma } from "@monosema/theory";

/** Numbers of samples or directions, row-major. */
type Numbers = Float32Array | Float64Array;

/** A dictionary as the audit takes it. */
export interface AuditedModel {
  /** Its matrices, biases and activation. */
  readonly model: AuditModel;
  /** What its objective prefers among models of the same loss. */
  readonly regulariser: AuditRegulariser;
  /** Inputs `[B, P]` as the encoder sees them. */
  readonly inputs: (rows: Numbers) => Numbers;
  /** Targets `[B, R]` of these inputs as the decoder is to give them: scaled alike, without what a skip connection gives. */
  readonly targets: (rows: Numbers, inputs: Numbers) => Numbers;
  /** What this rests on, for people. */
  readonly assumptions: readonly string[];
}

/** A trained dictionary as plain matrices, in the form that it has at inference. */
export function auditedModel(model: Model): AuditedModel {
  const { spec, weights, inputScaling } = model;
  const { nP, nR, biases, variant } = spec;
  const { sigma, factors, assumption } = selection(model);
  const encoder = mat(weights.encoder, nP);
  if (factors) {
    for (let at = 0; at < encoder.data.length; at++) {
      encoder.data[at] = (encoder.data[at] as number) * (factors[Math.floor(at / nP)] as number);
    }
  }
  const { decoderBias, skip } = weights;
  return {
    model: {
      encoder,
      decoder: mat(weights.decoder, nR),
      sigma,
      ...(decoderBias ? { decoderBias: Float64Array.from(decoderBias) } : {}),
      subtractDecoderBias: biases.subtractDecoderBias && decoderBias !== undefined,
      sameSpace: variant !== "transcoder",
    },
    regulariser: { kind: spec.terms.l1 && spec.unitNormDecoder ? "l1-unit-norm" : "none" },
    inputs: (rows) => scaleSamples(inputScaling, rows, nP).scaled,
    targets: (rows, inputs) => {
      const scaled = variant === "transcoder" ? rows : scaleSamples(inputScaling, rows, nR).scaled;
      return skip ? withoutSkip(scaled, inputs, skip, nP, nR) : scaled;
    },
    assumptions: [
      ...(assumption ? [assumption] : []),
      ...(inputScaling === "none"
        ? []
        : [
            `samples and features are scaled one by one as the dictionary does (${inputScaling}); losses are in that scale`,
          ]),
      ...(skip ? ["targets are what the skip connection leaves of them"] : []),
      ...(biases.decoder ? ["true features are directions beside the decoder bias"] : []),
      ...(spec.terms.matryoshka
        ? ["the nested losses of Matryoshka are not looked at, only its whole dictionary"]
        : []),
    ],
  };
}

/** The selection rule at inference, with factors of the encoder rows where the values are scaled. */
interface SelectionRule {
  readonly sigma: Sigma;
  readonly factors?: Float64Array;
  readonly assumption?: string;
}

/** One record for all activations: what is said of a new one holds for its rule at inference. */
function selection(model: Model): SelectionRule {
  const { selection: chosen, bias, values } = inferenceRule(model, "audit");
  const b = bias ? { bias: Float64Array.from(bias) } : {};
  if (chosen.kind === "topK")
    return { sigma: { kind: chosen.signed ? "topk" : "topk-relu", k: chosen.k as number, ...b } };
  if (chosen.kind === "groupMax") {
    throw new RangeError(
      `audit: the theory has relu, jumprelu, topk, batchtopk and gated, got ${model.spec.activation.kind}; use evaluate`,
    );
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

/** relu(e^r u + b_mag) where u + b_gate > theta is a JumpReLU of e^r u + b_mag (Rajamanoharan et al. 2024a, appendix). */
function gatedRule(
  { theta }: ThresholdSelection,
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

/** targets - inputs skip^T. */
function withoutSkip(targets: Numbers, inputs: Numbers, skip: Float32Array, nP: number, nR: number): Float64Array {
  return Float64Array.from(targets, (value, at) => {
    const [b, r] = [Math.floor(at / nR), at % nR];
    let sum = value;
    for (let p = 0; p < nP; p++) sum -= (inputs[b * nP + p] as number) * (skip[r * nP + p] as number);
    return sum;
  });
}

/** Rows of float32 numbers in float64. */
export function mat(values: ArrayLike<number>, cols: number): Mat {
  return { rows: values.length / cols, cols, data: Float64Array.from(values) };
}
