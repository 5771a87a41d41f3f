import type { CheckpointFiles, CheckpointFormat, TensorTaker } from "@monosema/sdl";
import { FormatError, openSafetensors, type StoredTensor } from "@monosema/tensor";
import { withContents } from "../../files/contents.js";
import { isNamed } from "../../files/named.js";
import { type FoundDictionary, readDictionary } from "../../readDictionary.js";
import { writeCircuitTracer } from "../../write/circuitTracer.js";
import { concatenated, layerBlocks } from "./layerBlocks.js";

const encoderFile = (layer: number): string => `W_enc_${layer}.safetensors`;
const decoderFile = (layer: number): string => `W_dec_${layer}.safetensors`;

/** Folders of circuit-tracer's `to_safetensors`: cross-layer transcoders with ReLU or JumpReLU, two files for each layer. */
export const circuitTracer: CheckpointFormat = {
  write: writeCircuitTracer,
  name: "circuit-tracer",
  files: `${encoderFile(0)}, ${decoderFile(0)}, and so on`,
  detects: async (files) =>
    files.names.has(encoderFile(0)) &&
    isNamed(files, filesOf(files)) &&
    (await withContents(files, encoderFile(0), ({ names }) => names.has("W_enc_0") && names.has("b_dec_0"))),
  async read(files, options) {
    const count = layersOf(files);
    const [q, p] = await sizesOf(files);
    const blocks = layerBlocks(count, q, p, files.folder); // refused before large files are read
    const tensors = new Map<string, StoredTensor>();
    for (const name of filesOf(files)) {
      const read = await withContents(files, name, (contents) => contents.tensors());
      for (const [key, tensor] of read) tensors.set(key, tensor);
    }
    return readDictionary({ layout: "circuit-tracer", file: files.folder, tensors }, options, (taker) =>
      take(taker, blocks, count, q, p),
    );
  },
};

/** The files of all layers that are there. */
const filesOf = ({ names }: CheckpointFiles): string[] =>
  [...names].filter((name) => /^W_(enc|dec)_\d+\.safetensors$/.test(name));

/** Layers 0, 1 and so on, each of which needs its two files. */
function layersOf(files: CheckpointFiles): number {
  const all = filesOf(files);
  const count = all.filter((name) => name.startsWith("W_enc_")).length;
  for (let layer = 0; layer < count; layer++) {
    for (const name of [encoderFile(layer), decoderFile(layer)]) {
      if (all.includes(name)) continue;
      const message = `${name} must be there, for the folder has ${count} encoders, got none; copy the whole folder`;
      throw new FormatError("missing-file", message, { file: files.folder });
    }
  }
  return count;
}

/** Latents and width of the first layer. */
async function sizesOf(files: CheckpointFiles): Promise<readonly [q: number, p: number]> {
  const source = await files.open(encoderFile(0));
  try {
    const { shape = [] } = (await openSafetensors(source)).tensors.get("W_enc_0") ?? {};
    const [q, p, ...rest] = shape;
    if (q && p && rest.length === 0) return [q, p];
    const message = `W_enc_0 must have the shape [latents, width], got [${shape.join(", ")}]; save it again`;
    throw new FormatError("bad-shape", message, { file: source.name, tensor: "W_enc_0" });
  } finally {
    await source.close();
  }
}

function take(
  tensors: TensorTaker,
  { layers, encoder, decoder, putEncoder, putDecoder }: ReturnType<typeof layerBlocks>,
  count: number,
  q: number,
  p: number,
): FoundDictionary {
  const all = layers.map((_, layer) => layer);
  for (const layer of all) {
    putEncoder(layer, tensors.array(`W_enc_${layer}`, [q, p]));
    const targets = count - layer;
    const rows = tensors.array(`W_dec_${layer}`, [q, targets, p]);
    for (let t = 0; t < targets; t++) putDecoder(layer, layer + t, rows, targets * p, t * p);
  }
  const vectors = (name: string, width: number): Float32Array =>
    concatenated(all.map((layer) => tensors.array(`${name}_${layer}`, [width])));
  const jumps = tensors.has("threshold_0"); // as its loader tells them apart
  const [nQ, width] = [count * q, count * p];
  return {
    architecture: `${jumps ? "jump_relu" : "relu"} cross-layer transcoder`,
    spec: {
      ...{ nP: width, nR: width, nQ, variant: "crosslayer", layers },
      activation: jumps ? { kind: "jumprelu", theta: 0.001, bandwidth: 0.001 } : { kind: "relu" },
    },
    subtractDecoderBias: false,
    weights: {
      ...{ encoder, decoder, encoderBias: vectors("b_enc", q), decoderBias: vectors("b_dec", p) },
      ...(jumps ? { theta: vectors("threshold", q) } : {}),
    },
  };
}
