import { kindOf } from "../activations/table.js";
import { arrayNames, type LatentVector } from "../arrays.js";
import type { Weights } from "../model.js";
import type { SdlSpec } from "../spec.js";
import type { Orientation } from "./checkpoint.js";
import type { TensorTaker } from "./tensors.js";

/** What decides which tensors a SAELens file holds and how large they are. */
export type WeightLayout = Pick<SdlSpec, "nP" | "nR" | "nQ" | "skip" | "activation">;

/** Weights with every bias, and how they lay in the file. */
export interface ReadWeights {
  /** All arrays of the layout. */
  readonly weights: Weights;
  /** How the encoder lay. */
  readonly orientation: Orientation;
}

/**
 * Takes W_enc, W_dec, b_dec and what the activation needs. Shapes decide how matrices lie: a square decoder or skip follows an
 * encoder that lies as SAELens writes it; other square matrices need `orientation`, or for the encoder what the files state.
 *
 * @param stated - how a square encoder lies where nobody says it
 * @throws FormatError `missing-tensor`, `bad-shape`, `bad-dtype` or `ambiguous-orientation`
 */
export function readWeights(
  tensors: TensorTaker,
  layout: WeightLayout,
  orientation?: Orientation,
  stated?: Orientation,
): ReadWeights {
  const { nP, nR, nQ, activation, skip } = layout;
  const encoder = tensors.matrix("W_enc", nQ, nP, "transposed", orientation ?? stated);
  const assumed = orientation ?? (encoder.orientation === "saelens" ? "saelens" : undefined);
  const vectors = Object.keys(kindOf(activation).vectors).map((name) => [
    name,
    vector(tensors, name as LatentVector, nQ),
  ]);
  return {
    weights: {
      encoder: encoder.data,
      decoder: tensors.matrix("W_dec", nQ, nR, "saelens", assumed).data,
      decoderBias: tensors.array("b_dec", [nR]),
      ...Object.fromEntries(vectors),
      ...(skip ? { skip: tensors.matrix("W_skip", nR, nP, "saelens", assumed).data } : {}),
    },
    orientation: encoder.orientation,
  };
}

/** The same where the decoder is the encoder too: W_dec, and b_dec where it plays a part. */
export function readPursuit(
  tensors: TensorTaker,
  { nP, nQ, biases }: WeightLayout & Pick<SdlSpec, "biases">,
  orientation?: Orientation,
  stated?: Orientation,
): ReadWeights {
  const decoder = tensors.matrix("W_dec", nQ, nP, "saelens", orientation ?? stated);
  const decoderBias = tensors.array("b_dec", [nP]);
  return {
    weights: { encoder: decoder.data, decoder: decoder.data, ...(biases.decoder ? { decoderBias } : {}) },
    orientation: decoder.orientation,
  };
}

/** A vector of the activation; training files of SAELens before 6.48 may hold the logarithm of a threshold. */
function vector(tensors: TensorTaker, name: LatentVector, nQ: number): Float32Array {
  const stored = arrayNames[name];
  if (name === "theta" && tensors.has("log_threshold") && !tensors.has(stored))
    return tensors.array("log_threshold", [nQ]).map(Math.exp);
  return tensors.array(stored, [nQ]);
}
