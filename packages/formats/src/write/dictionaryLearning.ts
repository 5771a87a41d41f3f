import { type Model, transcodes, transpose, type Weights, type WrittenCheckpoint } from "@monosema/sdl";
import { ptParts, type StoredTensor } from "@monosema/tensor";
import { centred, centredLoss } from "./centred.js";
import { namesLoss } from "./namesLoss.js";

type Tensors = Record<string, StoredTensor>;

/** A class of dictionary_learning as it is written. */
interface WrittenClass {
  readonly name: string;
  readonly subtracts: boolean;
  tensors(weights: Weights, model: Model): Tensors;
}

/**
 * A folder of dictionary_learning: `ae.pt` and config.json of its ReLU, TopK, BatchTopK, JumpReLU and gated classes.
 *
 * @throws RangeError where dictionary_learning has no such dictionary
 */
export function writeDictionaryLearning(model: Model): WrittenCheckpoint {
  const { spec, inputScaling, metadata = {} } = model;
  const { activation, nP, nQ } = spec;
  const written = classOf(model);
  if (written === undefined || transcodes(spec) || inputScaling !== "none") {
    const got = `a ${activation.kind} ${spec.variant}${inputScaling === "none" ? "" : ` of samples scaled by ${inputScaling}`}`;
    throw new RangeError(
      `dictionary_learning: the dictionary must be an SAE with relu, topk, batchtopk, jumprelu or gated and unscaled samples, got ${got}; write saelens`,
    );
  }
  const trainer = {
    dict_class: written.name,
    activation_dim: nP,
    dict_size: nQ,
    ...("k" in activation ? { k: activation.k } : {}),
    lm_name: metadata.model_name ?? null,
    layer: metadata.layer ?? null,
    submodule_name: metadata.hook_name ?? null,
  };
  return {
    files: new Map<string, Iterable<Uint8Array>>([
      ["ae.pt", ptParts(written.tensors(centred(model, written.subtracts), model)).parts],
      ["config.json", [new TextEncoder().encode(`${JSON.stringify({ trainer }, null, 2)}\n`)]],
    ]),
    warnings: [...centredLoss(model, written.subtracts), ...namesLoss(model)],
  };
}

function classOf({ spec, threshold }: Model): WrittenClass | undefined {
  const { activation, biases } = spec;
  if (activation.kind === "relu" && biases.subtractDecoderBias)
    return { name: "AutoEncoder", subtracts: true, tensors: (w, m) => linear(w, m, "bias") };
  if (activation.kind === "relu")
    return { name: "AutoEncoderNew", subtracts: false, tensors: (w, m) => linear(w, m, "decoder.bias") };
  if (activation.kind === "topk" && activation.signed !== true) return byRank("AutoEncoderTopK", activation.k, -1);
  if (activation.kind === "batchtopk" && Number.isInteger(activation.k))
    return byRank("BatchTopKSAE", activation.k, threshold ?? -1);
  if (activation.kind === "jumprelu") return { name: "JumpReluAutoEncoder", subtracts: false, tensors: jumpRelu };
  return activation.kind === "gated" ? { name: "GatedAutoEncoder", subtracts: true, tensors: gated } : undefined;
}

const byRank = (name: string, k: number, threshold: number): WrittenClass => ({
  name,
  subtracts: true,
  tensors: (weights, model) => ({
    ...linear(weights, model, "b_dec"),
    k: { dtype: "I32", shape: [], data: Int32Array.of(k) },
    threshold: { dtype: "F32", shape: [], data: Float32Array.of(threshold) },
  }),
});

function linear(weights: Weights, { spec: { nP, nQ } }: Model, decoderBias: string): Tensors {
  return {
    [decoderBias]: vector(weights.decoderBias, nP),
    "encoder.weight": matrix(weights.encoder, nQ, nP),
    "encoder.bias": vector(weights.encoderBias, nQ),
    "decoder.weight": matrix(transpose(weights.decoder, nQ, nP), nP, nQ),
  };
}

function jumpRelu(weights: Weights, { spec: { nP, nQ } }: Model): Tensors {
  return {
    W_enc: matrix(transpose(weights.encoder, nQ, nP), nP, nQ),
    b_enc: vector(weights.encoderBias, nQ),
    W_dec: matrix(weights.decoder, nQ, nP),
    b_dec: vector(weights.decoderBias, nP),
    threshold: vector(weights.theta, nQ),
  };
}

function gated(weights: Weights, { spec: { nP, nQ } }: Model): Tensors {
  return {
    decoder_bias: vector(weights.decoderBias, nP),
    r_mag: vector(weights.magnitudeScale, nQ),
    gate_bias: vector(weights.gateBias, nQ),
    mag_bias: vector(weights.magnitudeBias, nQ),
    "encoder.weight": matrix(weights.encoder, nQ, nP),
    "decoder.weight": matrix(transpose(weights.decoder, nQ, nP), nP, nQ),
  };
}

const matrix = (data: Float32Array, rows: number, columns: number): StoredTensor => ({
  dtype: "F32",
  shape: [rows, columns],
  data,
});
const vector = (data: Float32Array | undefined, length: number): StoredTensor => ({
  dtype: "F32",
  shape: [length],
  data: data ?? new Float32Array(length),
});
