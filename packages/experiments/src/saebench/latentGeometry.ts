import { nearestRows } from "@monosema/bench";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";

/** What the core evaluation of SAEBench says of the weights of each latent; NaN where it is not defined. */
export interface LatentGeometry {
  /** Bias of the encoder `[Q]`: b_enc, b_mag of gated dictionaries, 0 without one. */
  readonly encoderBias: Float64Array;
  /** Norms of the encoder rows `[Q]`. */
  readonly encoderNorm: Float64Array;
  /** Cosines of encoder and decoder rows `[Q]`; NaN where P and R differ or a row is 0. */
  readonly encoderDecoderCosine: Float64Array;
  /** Largest cosine of an encoder row with another `[Q]`; NaN where there is no other. */
  readonly maxEncoderCosine: Float64Array;
  /** Largest cosine of a decoder row with another `[Q]`; NaN where there is no other. */
  readonly maxDecoderCosine: Float64Array;
}

/** Measures the rows of a dictionary; no matrix of all cosines is held. */
export async function latentGeometry(backend: Backend, { spec, weights }: Model): Promise<LatentGeometry> {
  const { nP, nQ, nR } = spec;
  const { encoder, decoder, encoderBias, magnitudeBias } = weights;
  const largest = async (values: Float32Array, width: number): Promise<Float64Array> => {
    if (nQ === 1) return Float64Array.of(Number.NaN);
    const rows = { values, count: nQ };
    return Float64Array.from((await nearestRows(backend, rows, rows, width, { count: 1, excludeSelf: true })).cosines);
  };
  const maxDecoderCosine = await largest(decoder, nR);
  return {
    encoderBias: Float64Array.from(magnitudeBias ?? encoderBias ?? new Float64Array(nQ)),
    encoderNorm: Float64Array.from({ length: nQ }, (_, q) => Math.sqrt(product(encoder, encoder, nP, q))),
    encoderDecoderCosine: Float64Array.from({ length: nQ }, (_, q) =>
      nP === nR
        ? product(encoder, decoder, nP, q) /
          Math.sqrt(product(encoder, encoder, nP, q) * product(decoder, decoder, nP, q))
        : Number.NaN,
    ),
    maxEncoderCosine: encoder === decoder ? maxDecoderCosine : await largest(encoder, nP),
    maxDecoderCosine,
  };
}

/** Inner product of row q of two matrices. */
function product(a: Float32Array, b: Float32Array, width: number, q: number): number {
  let sum = 0;
  for (let d = q * width; d < (q + 1) * width; d++) sum += (a[d] as number) * (b[d] as number);
  return sum;
}
