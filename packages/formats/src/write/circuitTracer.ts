import type { LayerWidths, Model, SdlSpec, WrittenCheckpoint } from "@monosema/sdl";
import { type StoredTensor, safetensorsParts } from "@monosema/tensor";
import { namesLoss } from "./namesLoss.js";

/**
 * A folder of circuit-tracer: a cross-layer transcoder with ReLU or JumpReLU, or with BatchTopK, which becomes a JumpReLU with its running
 * threshold, two files for each layer.
 *
 * @throws RangeError where circuit-tracer has no such dictionary
 */
export function writeCircuitTracer(model: Model): WrittenCheckpoint {
  const { spec, weights } = model;
  const { nQ: q, nP: p } = layerOf(spec);
  const { layers = [], nP } = spec;
  const theta = thresholdsOf(model);
  const files = new Map<string, Iterable<Uint8Array>>();
  const add = (name: string, tensors: Readonly<Record<string, StoredTensor>>): void => {
    files.set(`${name}.safetensors`, safetensorsParts(Object.entries(tensors)).parts);
  };
  for (const l of layers.keys()) {
    const part = (vector: Float32Array | undefined, width: number): StoredTensor => ({
      dtype: "F32",
      shape: [width],
      data: vector?.slice(l * width, (l + 1) * width) ?? new Float32Array(width),
    });
    const block = (matrix: Float32Array, from: number, to: number): Float32Array => {
      const width = to - from;
      const rows = new Float32Array(q * width);
      for (let i = 0; i < q; i++) {
        const start = (l * q + i) * nP;
        rows.set(matrix.subarray(start + from, start + to), i * width);
      }
      return rows;
    };
    add(`W_enc_${l}`, {
      [`W_enc_${l}`]: { dtype: "F32", shape: [q, p], data: block(weights.encoder, l * p, (l + 1) * p) },
      [`b_enc_${l}`]: part(weights.encoderBias, q),
      [`b_dec_${l}`]: part(weights.decoderBias, p),
      ...(theta ? { [`threshold_${l}`]: part(theta, q) } : {}),
    });
    const shape = [q, layers.length - l, p];
    add(`W_dec_${l}`, { [`W_dec_${l}`]: { dtype: "F32", shape, data: block(weights.decoder, l * p, nP) } });
  }
  return { files, warnings: namesLoss(model) };
}

/** What every layer is. */
function layerOf({ layers = [], variant }: SdlSpec): LayerWidths {
  const [first] = layers;
  if (first === undefined) {
    throw new RangeError(
      `circuit-tracer: the dictionary must be a cross-layer transcoder, got ${variant}; write saelens`,
    );
  }
  const isAlike = ({ nP, nR, nQ }: LayerWidths): boolean => nP === first.nP && nR === first.nP && nQ === first.nQ;
  if (layers.every(isAlike)) return first;
  throw new RangeError(
    `circuit-tracer: sources and targets of all layers must have one width, and all layers as many latents, got ${JSON.stringify(layers)}; write monosema`,
  );
}

/** The threshold of each latent; undefined for ReLU. */
function thresholdsOf({ spec, weights, threshold, inputScaling }: Model): Float32Array | undefined {
  const { kind } = spec.activation;
  if (inputScaling === "none") {
    if (kind === "relu") return undefined;
    if (kind === "jumprelu") return weights.theta;
    if (kind === "batchtopk" && threshold !== undefined) return new Float32Array(spec.nQ).fill(threshold);
  }
  const got = `${kind}${inputScaling === "none" ? "" : ` of samples scaled by ${inputScaling}`}`;
  throw new RangeError(
    `circuit-tracer: the activation must be relu, jumprelu or batchtopk with its threshold, got ${got}; write monosema`,
  );
}
