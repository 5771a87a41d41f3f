import type { Model, WrittenCheckpoint } from "@monosema/sdl";
import { type StoredTensor, safetensorsParts } from "@monosema/tensor";
import { centred, centredLoss } from "./centred.js";
import { namesLoss } from "./namesLoss.js";

/**
 * A folder of sparsify: SAEs with TopK or groupmax, and transcoders whose widths are equal.
 *
 * @throws RangeError where sparsify has no such dictionary
 */
export function writeSparsify(model: Model): WrittenCheckpoint {
  const { spec, inputScaling } = model;
  const { activation, nP, nR, nQ, variant, skip } = spec;
  if (!(activation.kind === "groupmax" || (activation.kind === "topk" && activation.signed !== true))) {
    throw new RangeError(`sparsify: the activation must be topk or groupmax, got ${activation.kind}; write saelens`);
  }
  if (spec.layers) {
    throw new RangeError(
      `sparsify: the dictionary must be of one layer, got a cross-layer transcoder of ${spec.layers.length}; write monosema`,
    );
  }
  if (nP !== nR || inputScaling !== "none") {
    const got = nP === nR ? `samples scaled by ${inputScaling}` : `${nP} and ${nR}`;
    throw new RangeError(`sparsify: inputs must be as wide as outputs and not scaled, got ${got}; write saelens`);
  }
  const transcodes = variant === "transcoder";
  const { encoder, encoderBias, decoder, decoderBias, skip: wSkip } = centred(model, !transcodes);
  const vector = (data: Float32Array | undefined, length: number): StoredTensor => ({
    dtype: "F32",
    shape: [length],
    data: data ?? new Float32Array(length),
  });
  const tensors: [string, StoredTensor][] = [
    ["encoder.weight", { dtype: "F32", shape: [nQ, nP], data: encoder }],
    ["encoder.bias", vector(encoderBias, nQ)],
    ["W_dec", { dtype: "F32", shape: [nQ, nP], data: decoder }],
    ["b_dec", vector(decoderBias, nP)],
    ...(wSkip ? [["W_skip", { dtype: "F32", shape: [nP, nP], data: wSkip }] as [string, StoredTensor]] : []),
  ];
  const config = {
    activation: activation.kind,
    expansion_factor: 32,
    normalize_decoder: spec.unitNormDecoder,
    num_latents: nQ,
    k: activation.k,
    multi_topk: false,
    skip_connection: skip,
    transcode: transcodes,
    d_in: nP,
  };
  return {
    files: new Map<string, Iterable<Uint8Array>>([
      ["sae.safetensors", safetensorsParts(tensors).parts],
      ["cfg.json", [new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)]],
    ]),
    warnings: [...centredLoss(model, !transcodes), ...namesLoss(model)],
  };
}
