import type { Weights } from "../model.js";
import type { Activation, SdlSpec } from "../spec.js";
import type { Orientation } from "./checkpoint.js";
import type { TensorTaker } from "./tensors.js";

/** Which tensors a SAELens file holds and how large they are. */
export interface WeightLayout extends Pick<SdlSpec, "nP" | "nR" | "nQ" | "skip"> {
  /** Decides between b_enc, the gated vectors, and a threshold. */
  readonly activation: Activation["kind"];
}

/** Weights with every bias, and how they lay in the file. */
export interface ReadWeights {
  /** All arrays of the layout. */
  readonly weights: Weights;
  /** How the encoder lay. */
  readonly orientation: Orientation;
}

/**
 * Takes W_enc, W_dec, b_dec and what the activation needs. Shapes decide how matrices lie: a square decoder or skip follows an
 * encoder that lies as SAELens writes it; other square matrices need `orientation`.
 *
 * @throws FormatError `missing-tensor`, `bad-shape`, `bad-dtype` or `ambiguous-orientation`
 */
export function readWeights(tensors: TensorTaker, layout: WeightLayout, orientation?: Orientation): ReadWeights {
  const { nP, nR, nQ, activation, skip } = layout;
  const encoder = tensors.matrix("W_enc", nQ, nP, "transposed", orientation);
  const assumed = orientation ?? (encoder.orientation === "saelens" ? "saelens" : undefined);
  const vectors =
    activation === "gated"
      ? {
          gateBias: tensors.array("b_gate", [nQ]),
          magnitudeBias: tensors.array("b_mag", [nQ]),
          magnitudeScale: tensors.array("r_mag", [nQ]),
        }
      : { encoderBias: tensors.array("b_enc", [nQ]) };
  return {
    weights: {
      encoder: encoder.data,
      decoder: tensors.matrix("W_dec", nQ, nR, "saelens", assumed).data,
      decoderBias: tensors.array("b_dec", [nR]),
      ...vectors,
      ...(activation === "jumprelu" ? { theta: thresholds(tensors, nQ) } : {}),
      ...(skip ? { skip: tensors.matrix("W_skip", nR, nP, "saelens", assumed).data } : {}),
    },
    orientation: encoder.orientation,
  };
}

/** Raw thresholds; training files of SAELens before 6.48 may hold their logarithm. */
function thresholds(tensors: TensorTaker, nQ: number): Float32Array {
  if (tensors.has("log_threshold") && !tensors.has("threshold"))
    return tensors.array("log_threshold", [nQ]).map(Math.exp);
  return tensors.array("threshold", [nQ]);
}
