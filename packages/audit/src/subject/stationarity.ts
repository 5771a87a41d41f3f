import { type Mat, norm, row } from "@monosema/numerics";
import { relativeGradient } from "@monosema/theory/core";

/** Sums over samples or features, weighted. */
export interface StationarityInput {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Gradient of the loss in the encoder, `[nQ, nP]`. */
  readonly gradEncoder: Mat;
  /** Gradient of the loss in the decoder, `[nQ, nR]`. */
  readonly gradDecoder: Mat;
  /** sum_d M_d z_di^2, `[nQ]`. */
  readonly energies: Float64Array;
  /** Loss. */
  readonly loss: number;
  /** Loss of the zero output. */
  readonly e0: number;
}

/** How far a model is from a stationary point of the reconstruction loss, all numbers relative to the loss of the zero output. */
export interface Stationarity {
  /** Loss. */
  readonly relativeLoss: number;
  /** max_i ||gradient of the encoder row|| ||row|| / (2 E0). */
  readonly relGradE: number;
  /** max_i ||gradient of the decoder row|| ||row|| / (2 E0). */
  readonly relGradD: number;
  /** Exact fall of the loss when the decoder row of one latent alone is fitted anew: ||gradient||^2 / (4 sum_d M_d z_d^2), `[nQ]`. */
  readonly refits: Float64Array;
}

/** Gradients and the fall of the loss by the best decoder row of each latent, the codes held fixed. */
export function stationarityOf(input: StationarityInput): Stationarity {
  const { encoder, decoder, gradEncoder, gradDecoder, energies, loss } = input;
  const e0 = input.e0 || 1;
  return {
    relativeLoss: loss / e0,
    relGradE: relativeGradient(gradEncoder, encoder, e0),
    relGradD: relativeGradient(gradDecoder, decoder, e0),
    refits: energies.map((energy, i) => (energy > 0 ? norm(row(gradDecoder, i)) ** 2 / (4 * energy * e0) : 0)),
  };
}
