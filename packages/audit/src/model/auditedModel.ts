import { type Model, transcodes } from "@monosema/sdl";
import type { AuditRegulariser } from "../setupVerdict.js";
import type { Dictionary } from "../subject/foldDictionary.js";
import { type AuditedSamples, auditedSamples } from "./auditedSamples.js";
import { rowsOf } from "./rowsOf.js";
import { selectionRule } from "./selectionRule.js";

/** A model as an audit takes it. */
export interface AuditedModel extends AuditedSamples {
  /** Its matrices, biases and activation. */
  readonly dictionary: Dictionary;
  /** What its objective prefers among models of the same loss. */
  readonly regulariser: AuditRegulariser;
  /** What this rests on, for people. */
  readonly assumptions: readonly string[];
  /** What the theory lacks for its activation; null where it knows it. */
  readonly lacks: string | null;
}

/** A trained model as plain matrices, in the form that it has at inference. */
export function auditedModel(model: Model): AuditedModel {
  const { spec, weights, inputScaling } = model;
  const { nP, nR, biases, layers } = spec;
  const { sigma, factors, assumption, lacks = null } = selectionRule(model);
  const encoder = rowsOf(weights.encoder, nP);
  if (factors) {
    for (let at = 0; at < encoder.data.length; at++) {
      encoder.data[at] = (encoder.data[at] as number) * (factors[Math.floor(at / nP)] as number);
    }
  }
  const { decoderBias, skip } = weights;
  return {
    dictionary: {
      encoder,
      decoder: rowsOf(weights.decoder, nR),
      sigma,
      ...(decoderBias ? { decoderBias: Float64Array.from(decoderBias) } : {}),
      subtractDecoderBias: biases.subtractDecoderBias && decoderBias !== undefined,
      sameSpace: !transcodes(spec),
    },
    regulariser: { kind: spec.terms.l1 && spec.unitNormDecoder ? "l1-unit-norm" : "none" },
    ...auditedSamples(model),
    lacks,
    assumptions: [
      ...(assumption ? [assumption] : []),
      ...(inputScaling === "none"
        ? []
        : [
            `samples and features are scaled one by one as the dictionary does (${inputScaling}); losses are in that scale`,
          ]),
      ...(skip ? ["targets are what the skip connection leaves of them"] : []),
      ...(biases.decoder ? ["true features are directions beside the decoder bias"] : []),
      ...(layers
        ? [
            `the ${layers.length} layers are looked at as one transcoder, whose rows may turn to any layer; training holds each to its own and later ones`,
          ]
        : []),
      ...(spec.terms.matryoshka
        ? ["the nested losses of Matryoshka are not looked at, only its whole dictionary"]
        : []),
    ],
  };
}
