/** Plain data that says which objective is trained; saved in every checkpoint. */
export interface SdlSpec {
  /** What input and target are. */
  readonly variant: "sae" | "transcoder" | "crosscoder";
  /** Input width P. */
  readonly nP: number;
  /** Target width R; equals P but for transcoders. */
  readonly nR: number;
  /** Latents Q. */
  readonly nQ: number;
  /** Crosscoder: widths of the stacked sources, summing to P = R. */
  readonly sources?: readonly number[];
  /** The activation sigma. */
  readonly activation: Activation;
  /** Biases b_enc and b_dec. */
  readonly biases: Biases;
  /** Transcoder: adds x_p skip^T to the reconstruction. */
  readonly skip: boolean;
  /** One matrix serves as encoder and decoder. */
  readonly tied: boolean;
  /** Decoder rows have unit norm. */
  readonly unitNormDecoder: boolean;
  /** `sum`: mean over samples of the sum over dimensions (eq. 3); `mean`: mean over both. */
  readonly reduction: "sum" | "mean";
  /** Loss terms beside the reconstruction. */
  readonly terms: Terms;
}

/** Which biases are trained. */
export interface Biases {
  /** b_enc (for gated: b_gate and b_mag). */
  readonly encoder: boolean;
  /** b_dec. */
  readonly decoder: boolean;
  /** b_dec is subtracted from the input first; not for transcoders. */
  readonly subtractDecoderBias: boolean;
}

/** Activations, spec/sdl.md section 3. */
export type Activation =
  | { readonly kind: "relu" }
  | { readonly kind: "jumprelu"; /** initial threshold */ readonly theta: number; /** window eps */ readonly bandwidth: number }
  | { readonly kind: "topk"; readonly k: number; /** pure TopK: no ReLU */ readonly signed?: boolean }
  | { readonly kind: "batchtopk"; /** may be fractional */ readonly k: number; /** eta of the running threshold */ readonly thresholdRate?: number }
  | { readonly kind: "gated" };

/** Loss terms, spec/sdl.md section 4. */
export interface Terms {
  readonly l1?: { readonly coefficient: number; readonly weighting: "none" | "decoderNorm" | "sumOfSources" };
  readonly l0?: {
    readonly coefficient: number;
    readonly loss: "step" | "tanh" | "target";
    readonly target?: number;
    readonly scale?: number;
  };
  readonly auxK?: { readonly coefficient: number; readonly k: number };
  readonly matryoshka?:
    | { readonly kind: "multiK"; readonly ks: readonly number[]; readonly weights: readonly number[] }
    | { readonly kind: "prefix"; readonly widths: readonly number[]; readonly weights: readonly number[] };
  /** l_w. */
  readonly weightDecay?: number;
}
