import type { LayerWidths } from "@monosema/sdl";
import { FormatError } from "@monosema/tensor";

/** Encoder and decoder of a cross-layer transcoder, put together block by block. */
export interface LayerBlocks {
  /** The layers, all alike. */
  readonly layers: readonly LayerWidths[];
  /** `[Q, P]`, zero outside the blocks of the layers. */
  readonly encoder: Float32Array;
  /** `[Q, R]`, zero for the targets of earlier layers. */
  readonly decoder: Float32Array;
  /** Puts the encoder of a layer `[q, p]` in its place. */
  readonly putEncoder: (layer: number, rows: Float32Array) => void;
  /** Puts what the latents of a layer write to a target `[q, p]` in its place, from a row of `stride` numbers each, at `offset` in it. */
  readonly putDecoder: (layer: number, target: number, rows: Float32Array, stride?: number, offset?: number) => void;
}

/** Bytes that encoder and decoder may take together. */
const most = 2 ** 32;

/**
 * Room for a cross-layer transcoder whose layers are alike.
 *
 * @param q - latents of a layer
 * @param p - width of each source and target
 * @throws FormatError `too-large` where it would take more than 4 GiB
 */
export function layerBlocks(count: number, q: number, p: number, file: string): LayerBlocks {
  const [nQ, width] = [count * q, count * p];
  const bytes = 8 * nQ * width;
  if (bytes > most) {
    const message = `encoder and decoder of all layers must take at most 4 GiB as one matrix each, got ${(bytes / 2 ** 30).toFixed(0)} GiB for ${count} layers of ${q} latents and width ${p}; run it with the program that wrote it`;
    throw new FormatError("too-large", message, { file });
  }
  const [encoder, decoder] = [new Float32Array(nQ * width), new Float32Array(nQ * width)];
  const put =
    (matrix: Float32Array) =>
    (layer: number, block: number, rows: Float32Array, stride = p, offset = 0): void => {
      for (let i = 0; i < q; i++) {
        const from = i * stride + offset;
        matrix.set(rows.subarray(from, from + p), (layer * q + i) * width + block * p);
      }
    };
  const putEncoder = put(encoder);
  return {
    layers: Array.from({ length: count }, () => ({ nP: p, nR: p, nQ: q })),
    encoder,
    decoder,
    putEncoder: (layer, rows) => putEncoder(layer, layer, rows),
    putDecoder: put(decoder),
  };
}

/** Vectors of the layers, one after the other. */
export function concatenated(vectors: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(vectors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const vector of vectors) {
    all.set(vector, at);
    at += vector.length;
  }
  return all;
}
