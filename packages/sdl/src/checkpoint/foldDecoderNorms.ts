import { movedVectors } from "../activations/movedVectors.js";
import type { Weights } from "../model.js";
import type { SdlSpec } from "../spec.js";

/**
 * Unit decoder rows with the same reconstruction: decoder_i / n_i, encoder_i n_i, what is added to u times n_i, with
 * n_i = ||decoder_i||. Exact where latents are selected by z_i n_i (spec: SAELens `rescale_acts_by_decoder_norm`); latents become n_i
 * times larger. A latent whose decoder row is zero becomes silent.
 */
export function foldDecoderNorms(weights: Weights, { nQ, activation }: Pick<SdlSpec, "nQ" | "activation">): Weights {
  const norms = rowNorms(weights.decoder, nQ);
  return {
    ...weights,
    encoder: scaleRows(weights.encoder, norms),
    decoder: scaleRows(
      weights.decoder,
      norms.map((n) => (n > 0 ? 1 / n : 0)),
    ),
    ...movedVectors(activation, weights, (value, i) => value * (norms[i] as number)),
  };
}

function rowNorms(rows: Float32Array, count: number): Float64Array {
  const width = rows.length / count;
  return Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let j = i * width; j < (i + 1) * width; j++) sum += (rows[j] as number) ** 2;
    return Math.sqrt(sum);
  });
}

function scaleRows(rows: Float32Array, factors: Float64Array): Float32Array {
  const width = rows.length / factors.length;
  return rows.map((value, j) => value * (factors[Math.floor(j / width)] as number));
}
