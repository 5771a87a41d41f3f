import { type ByteSource, FormatError } from "@monosema/tensor";
import { type LazyTensor, transposed } from "../lazyTensor.js";
import type { ModelFormat } from "../modelFormat.js";
import type { Weights } from "../network/network.js";
import { networkModel } from "../network/networkModel.js";
import { firstBytes, onlyFile, opened, requireFile } from "../onlyFile.js";
import { type LlamaConfig, llamaNetwork } from "./graph.js";
import { halves } from "./halves.js";
import { ropeFrequencies } from "./rope.js";

/** Bytes of the header: 7 int32. */
const headerBytes = 28;

/** The legacy checkpoints of llama2.c: 7 int32 of sizes, then float32 weights. Windows start with token 1, as its programs have it. */
export const llama2c: ModelFormat = {
  name: "llama2c",
  detects: async (files) => {
    const name = onlyFile(files, ".bin");
    return (
      name?.toLowerCase().endsWith(".bin") === true && sizes(await firstBytes(files, name, headerBytes)) !== undefined
    );
  },
  open: async (files) =>
    await opened(files, requireFile(files, ".bin"), async (source) => {
      const { name: file } = source;
      const config = sizes(await source.read(0, Math.min(headerBytes, source.size)));
      if (config === undefined) {
        const message =
          "the file must begin with the seven sizes of a llama2.c legacy checkpoint, got others; export it as version 0";
        throw new FormatError("llama2c-header", message, { file });
      }
      const weights = llama2cWeights(config, source);
      const tokens = { start: 1, tokenizerAbsent: "llama2.c keeps its tokenizer in another file of its own kind" };
      const network = llamaNetwork(config, weights, file);
      return networkModel(network, { name: file, format: "llama2c", tokens, close: () => source.close() });
    }),
};

/** The sizes of the header, or undefined where they cannot be those of a network. */
function sizes(header: Uint8Array): (LlamaConfig & { readonly tied: boolean }) | undefined {
  if (header.length < headerBytes) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, headerBytes);
  const [width, mlpWidth, layers, heads, kvHeads, signed, context] = Array.from({ length: 7 }, (_, i) =>
    view.getInt32(4 * i, true),
  ) as [number, number, number, number, number, number, number];
  const vocabulary = Math.abs(signed); // negative: the output matrix is not the embedding
  const all = [width, mlpWidth, layers, heads, kvHeads, vocabulary, context];
  const headSize = width / heads;
  if (all.some((size) => size < 1 || size > 2 ** 24) || layers > 1000 || headSize % 2 !== 0 || heads % kvHeads !== 0)
    return undefined;
  return {
    architecture: "llama",
    ...{ width, mlpWidth, layers, heads, kvHeads, headSize, vocabulary, context },
    eps: 1e-5,
    frequencies: ropeFrequencies(headSize, 10_000),
    biased: [],
    tied: signed > 0,
  };
}

function llama2cWeights(config: LlamaConfig & { readonly tied: boolean }, source: ByteSource): Weights {
  const { width, mlpWidth, layers, kvHeads, headSize, vocabulary, context } = config;
  const kvWidth = kvHeads * headSize;
  // Order of the file; each holds all layers.
  const order: readonly (readonly [string, number, readonly number[]])[] = [
    ["embed", 1, [vocabulary, width]],
    ["attnNorm", layers, [width]],
    ["q", layers, [width, width]],
    ["k", layers, [kvWidth, width]],
    ["v", layers, [kvWidth, width]],
    ["o", layers, [width, width]],
    ["mlpNorm", layers, [width]],
    ["gate", layers, [mlpWidth, width]],
    ["down", layers, [width, mlpWidth]],
    ["up", layers, [mlpWidth, width]],
    ["finalNorm", 1, [width]],
    ["cosines", 1, [context, headSize / 2]],
    ["sines", 1, [context, headSize / 2]],
    ...(config.tied ? [] : [["unembed", 1, [vocabulary, width]] as const]),
  ];
  const places = new Map<string, { readonly offset: number; readonly shape: readonly number[] }>();
  let end = headerBytes;
  for (const [part, count, shape] of order) {
    places.set(part, { offset: end, shape });
    end += 4 * count * product(shape);
  }
  if (source.size !== end) {
    const message = `the file must have ${end} bytes for the sizes in its header, got ${source.size}; fetch it again`;
    throw new FormatError("size-mismatch", message, { file: source.name });
  }
  return (part, layer = 0) => {
    const { offset, shape } = places.get(part) as { offset: number; shape: readonly number[] };
    const start = offset + 4 * layer * product(shape);
    const tensor: LazyTensor = {
      name: layer === 0 ? part : `${part} of layer ${layer}`,
      shape,
      read: async () => {
        const bytes = await source.read(start, 4 * product(shape));
        return new Float32Array(new Uint8Array(bytes).buffer);
      },
    };
    if (part === "q" || part === "k") return transposed(halves(tensor, headSize));
    return shape.length === 2 && part !== "embed" ? transposed(tensor) : tensor;
  };
}

const product = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1);
