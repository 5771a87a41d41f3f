import { columnMeans, lessMean, type Model } from "@monosema/sdl";
import type { Backend, Tensor } from "@monosema/tensor";
import type { Lens, LensToken } from "../featureRecord.js";
import { extremes } from "./extremes.js";

/** Output embeddings of a model. */
export interface Unembedding {
  /** A row per token, `[V, R]` row-major. */
  readonly values: Float32Array;
  /** Tokens V. */
  readonly tokens: number;
}

/** Options of {@link logitLens}. */
export interface LensOptions {
  /** Latents to look at. Default all. */
  readonly latents?: readonly number[];
  /** Texts of tokens by their ids. */
  readonly vocabulary?: ReadonlyMap<number, string>;
  /** Tokens of each side. Default 10. */
  readonly count?: number;
  /** Called with the latents that are done. */
  readonly onLatents?: (done: number) => void;
}

/** Logits of one product. */
const BLOCK = 2 ** 22;

/**
 * Tokens that the decoder rows of latents write toward and away from: the product with the unembedding, less its mean over the vocabulary,
 * which would promote the same frequent tokens everywhere (logit lens, nostalgebraist 2020). Of several layers, the last one writes.
 *
 * @returns the lens of each latent
 * @throws RangeError where the unembedding is of another width
 */
export async function logitLens(
  backend: Backend,
  { spec, weights }: Model,
  unembedding: Unembedding,
  { latents = Array.from({ length: spec.nQ }, (_, q) => q), vocabulary, count = 10, onLatents }: LensOptions = {},
): Promise<ReadonlyMap<number, Lens>> {
  const { tokens } = unembedding;
  const width = writtenWidth(spec);
  if (tokens < 1 || unembedding.values.length !== tokens * width) {
    throw new RangeError(
      `logitLens: the unembedding must be [V, ${width}], a row of the width of the decoder per token, got ${unembedding.values.length} numbers for ${tokens} tokens; give that of the model, transposed where it is [${width}, V]`,
    );
  }
  const lenses = new Map<number, Lens>();
  const size = Math.max(1, Math.min(256, Math.floor(BLOCK / tokens)));
  const table = backend.tensor(centred(unembedding, width), [tokens, width]);
  try {
    for (let start = 0; start < latents.length; start += size) {
      const block = latents.slice(start, start + size);
      const logits = await readLogits(backend, decoderRows(weights.decoder, block, spec.nR, width), table, [
        block.length,
        width,
      ]);
      for (const [i, latent] of block.entries()) {
        const { largest, smallest } = extremes(logits.subarray(i * tokens, (i + 1) * tokens), count);
        const tokenOf = ({ index, value }: { readonly index: number; readonly value: number }): LensToken => {
          const text = vocabulary?.get(index);
          return { token: index, ...(text === undefined ? {} : { text }), logit: value };
        };
        lenses.set(latent, { promoted: largest.map(tokenOf), suppressed: smallest.map(tokenOf) });
      }
      onLatents?.(start + block.length);
    }
  } finally {
    backend.dispose(table);
  }
  return lenses;
}

/** Width of what a decoder writes toward the output: of a crosscoder its last source, of a cross-layer transcoder its last layer. */
export const writtenWidth = ({ sources, layers, nR }: Model["spec"]): number =>
  sources?.at(-1) ?? layers?.at(-1)?.nR ?? nR;

/** The unembedding less its mean over the vocabulary. */
const centred = ({ values }: Unembedding, width: number): Float32Array => lessMean(values, columnMeans(values, width));

/** The last `width` numbers of some decoder rows `[Q, R]`. */
function decoderRows(decoder: Float32Array, latents: readonly number[], nR: number, width: number): Float32Array {
  const rows = new Float32Array(latents.length * width);
  for (const [i, latent] of latents.entries())
    rows.set(decoder.subarray((latent + 1) * nR - width, (latent + 1) * nR), i * width);
  return rows;
}

async function readLogits(backend: Backend, rows: Float32Array, table: Tensor, shape: readonly [number, number]) {
  const product = backend.scope(() => backend.matMul(backend.tensor(rows, shape), table, { transposeB: true }));
  try {
    return await backend.read(product);
  } finally {
    backend.dispose(product);
  }
}
