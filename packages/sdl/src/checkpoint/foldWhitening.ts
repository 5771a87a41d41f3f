import type { SafetensorsFile } from "@monosema/tensor";
import { lessMean } from "../activations/lessMean.js";
import type { Weights } from "../model.js";
import type { SdlSpec } from "../spec.js";
import { tensorsOf, tensorTaker } from "./tensors.js";

/** Statistics of whitened activations z = (x - mean) matrix (SAELens `covariance_whitening`). */
export interface Whitening {
  /** `[P]`. */
  readonly mean: Float32Array | Float64Array;
  /** `[P, P]`. */
  readonly matrix: Float32Array | Float64Array;
  /** Its inverse `[P, P]`. */
  readonly inverse: Float32Array | Float64Array;
}

/**
 * Reads an `activation_whitening.safetensors`.
 *
 * @throws FormatError `missing-tensor`, `bad-shape`, `bad-dtype`, or a code of `readSafetensors` of @monosema/tensor
 */
export function readWhitening(whitening: Uint8Array | SafetensorsFile, nP: number, file: string): Whitening {
  const tensors = tensorTaker(tensorsOf(whitening, file).tensors, file);
  return {
    mean: tensors.numbers("mean", [nP]),
    matrix: tensors.numbers("matrix", [nP, nP]),
    inverse: tensors.numbers("inverse_matrix", [nP, nP]),
  };
}

/**
 * Folds a whitening that the dictionary was trained on: encoder_i = M encoder_i, decoder_i = decoder_i M^-1, b_dec = b_dec M^-1 +
 * mean; where b_dec is not subtracted from the input, the encoder's biases take <mean, encoder_i> instead. Latents keep their scale.
 */
export function foldWhitening(
  weights: Weights,
  whitening: Whitening,
  { activation, biases }: Pick<SdlSpec, "activation" | "biases">,
): Weights {
  const { mean, matrix, inverse } = whitening;
  const { encoder, decoder, decoderBias } = weights;
  const width = mean.length;
  const folded = product(encoder, width, (k, d) => matrix[d * width + k] as number);
  const unwhiten = (rows: Float32Array): Float64Array =>
    product(rows, width, (k, d) => inverse[k * width + d] as number);
  return {
    ...weights,
    encoder: Float32Array.from(folded),
    decoder: Float32Array.from(unwhiten(decoder)),
    ...(decoderBias && { decoderBias: Float32Array.from(unwhiten(decoderBias), (b, d) => b + (mean[d] as number)) }),
    ...(biases.subtractDecoderBias ? {} : lessMean(activation, weights, folded, mean)),
  };
}

/** Row by row a M for rows a of a width and a square M. */
function product(rows: Float32Array, width: number, at: (k: number, d: number) => number): Float64Array {
  const result = new Float64Array(rows.length);
  for (let k = 0; k < width; k++) {
    for (let d = 0; d < width; d++) {
      const factor = at(k, d);
      for (let row = 0; row < rows.length; row += width) {
        result[row + d] = (result[row + d] as number) + factor * (rows[row + k] as number);
      }
    }
  }
  return result;
}
