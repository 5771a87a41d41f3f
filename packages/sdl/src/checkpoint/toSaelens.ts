import { type StoredTensor, writeSafetensors } from "@monosema/tensor";
import { runningThreshold } from "../activations/runningThreshold.js";
import { kindOf } from "../activations/table.js";
import { arrayNames, type LatentVector } from "../arrays.js";
import type { Model, Weights } from "../model.js";
import { architectureFields, architectureOf, ownArchitecture } from "./architectures.js";
import { checkModel } from "./checkModel.js";
import { recordOf } from "./record.js";
import { transpose } from "./tensors.js";

/** The two files of a checkpoint, for {@link fromSaelens} and for SAELens. */
export interface SaelensFiles {
  /** Bytes of `sae_weights.safetensors`. */
  readonly weights: Uint8Array;
  /** Text of `cfg.json`. */
  readonly config: string;
  /** Sentences about what SAELens cannot do with them. */
  readonly warnings: readonly string[];
}

/**
 * Writes a dictionary as SAELens' inference layout (6.37.6). BatchTopK becomes a JumpReLU with its running threshold, Matryoshka
 * its base activation, a crosscoder an SAE on the stack. TopK and gated transcoders, pure TopK and cross-layer transcoders have no name
 * there: their architecture is `monosema`. The specification stands in the metadata, so that {@link fromSaelens} gives the same model.
 *
 * @throws RangeError for arrays that do not fit the specification, or a BatchTopK model without its threshold
 */
export function toSaelens(model: Model): SaelensFiles {
  const { tensors, metadata, ...rest } = saelensContent(model);
  return { weights: writeSafetensors(tensors, metadata), ...rest };
}

/** {@link SaelensFiles} with the weights as tensors, for writers of files of any size. */
export interface SaelensContent extends Omit<SaelensFiles, "weights"> {
  /** Tensors of `sae_weights.safetensors`. */
  readonly tensors: readonly (readonly [string, StoredTensor])[];
  /** Its metadata. */
  readonly metadata: readonly (readonly [string, string])[];
}

/** What {@link toSaelens} writes, with the same errors. */
export function saelensContent(model: Model): SaelensContent {
  checkModel("toSaelens", model);
  return {
    tensors: saelensTensors(model),
    metadata: [["monosema", JSON.stringify(recordOf(model))]],
    config: `${JSON.stringify(saelensConfig(model), undefined, 2)}\n`,
    warnings: architectureOf(model.spec) === ownArchitecture ? [unnamed(model)] : [],
  };
}

/** What stands in the `cfg.json` of a dictionary that {@link toSaelens} writes. */
export function saelensConfig(model: Model): Readonly<Record<string, unknown>> {
  const { spec, inputScaling } = model;
  const architecture = architectureOf(spec);
  const { reshape_activations = "none", ...metadata } = model.metadata ?? {};
  return {
    architecture,
    d_in: spec.nP,
    d_sae: spec.nQ,
    ...architectureFields(architecture, spec),
    dtype: "float32",
    device: "cpu",
    apply_b_dec_to_input: spec.biases.subtractDecoderBias,
    normalize_activations: normalizations[inputScaling],
    reshape_activations,
    metadata: { ...metadata, sae_lens_version: "6.37.6", monosema: recordOf(model) },
  };
}

/** Tensors in SAELens' names and orientation, all in float32. */
function saelensTensors(model: Model): [string, StoredTensor][] {
  const { spec, weights } = model;
  const { nP, nR, nQ } = spec;
  const latent = (data: Float32Array = new Float32Array(nQ)): StoredTensor => ({ dtype: "F32", shape: [nQ], data });
  const { encoder, decoder, decoderBias = new Float32Array(nR), skip } = weights;
  return [
    [arrayNames.encoder, { dtype: "F32", shape: [nP, nQ], data: transpose(encoder, nQ, nP) }],
    [arrayNames.decoder, { dtype: "F32", shape: [nQ, nR], data: decoder }],
    [arrayNames.decoderBias, { dtype: "F32", shape: [nR], data: decoderBias }],
    ...encoderVectors(model).map(([name, data]): [string, StoredTensor] => [name, latent(data)]),
    ...(skip ? [[arrayNames.skip, { dtype: "F32", shape: [nR, nP], data: skip }] as [string, StoredTensor]] : []),
  ];
}

/** The vectors of the activation; a running threshold stands as that of every latent. */
function encoderVectors(model: Model): [string, Weights["encoderBias"]][] {
  const { spec, weights } = model;
  const { vectors, running } = kindOf(spec.activation);
  return [
    ...Object.keys(vectors).map((name): [string, Weights["encoderBias"]] => {
      const vector = name as LatentVector;
      return [arrayNames[vector], weights[vector]];
    }),
    ...(running
      ? [
          [arrayNames.theta, new Float32Array(spec.nQ).fill(runningThreshold("toSaelens", model))] as [
            string,
            Float32Array,
          ],
        ]
      : []),
  ];
}

const normalizations: Readonly<Record<Model["inputScaling"], string>> = {
  none: "none",
  constantNorm: "constant_norm_rescale",
  layerNorm: "layer_norm",
};

function unnamed({ spec }: Model): string {
  const kind =
    spec.activation.kind === "topk" && spec.activation.signed === true ? "signed topk" : spec.activation.kind;
  const variant = spec.skip
    ? "skip transcoder"
    : spec.variant === "crosslayer"
      ? "cross-layer transcoder"
      : spec.variant;
  return `SAELens has no name for a ${kind} ${variant}: it is written as architecture "${ownArchitecture}", which only Monosema opens [unnamed]`;
}
