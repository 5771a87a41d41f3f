import type { Activation } from "./activations/table.js";
import type { Terms } from "./terms/table.js";

/** Plain data that says which objective is trained; saved in every checkpoint. Build it with `sae`, `transcoder`, `crosscoder` or `crosslayer`. */
export interface SdlSpec {
  /** What input and target are. */
  readonly variant: "sae" | "transcoder" | "crosscoder" | "crosslayer";
  /** Input width P. */
  readonly nP: number;
  /** Target width R; equals P but for transcoders, one layer or several. */
  readonly nR: number;
  /** Latents Q. */
  readonly nQ: number;
  /** Crosscoder: widths of the stacked sources, summing to P = R. */
  readonly sources?: readonly number[];
  /** Cross-layer transcoder: its layers, first to last; their sources, targets and latents stand side by side. */
  readonly layers?: readonly LayerWidths[];
  /** The activation sigma. */
  readonly activation: Activation;
  /** Which biases are trained. */
  readonly biases: Biases;
  /** Transcoder: adds x_p skip^T to the reconstruction. */
  readonly skip: boolean;
  /** One matrix serves as encoder and decoder. */
  readonly tied: boolean;
  /** Decoder rows have unit norm: projected gradient, renormalised after each step. */
  readonly unitNormDecoder: boolean;
  /** `sum`: mean over samples of the sum over dimensions (paper eq. 3); `mean`: mean over both. */
  readonly reduction: "sum" | "mean";
  /** Loss terms beside the reconstruction. */
  readonly terms: Terms;
}

/** One layer of a cross-layer transcoder. */
export interface LayerWidths {
  /** Width of its source. */
  readonly nP: number;
  /** Width of its target. */
  readonly nR: number;
  /** Its latents. */
  readonly nQ: number;
}

/** Which biases are trained; an absent one is zero. */
export interface Biases {
  /** b_enc `[Q]`, or what the activation has in its place (gated: b_gate and b_mag). */
  readonly encoder: boolean;
  /** b_dec `[R]`. */
  readonly decoder: boolean;
  /** b_dec is subtracted from the input first; needs `decoder`, not for transcoders. */
  readonly subtractDecoderBias: boolean;
}
