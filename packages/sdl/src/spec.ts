/** Plain data that says which objective is trained; saved in every checkpoint. Build it with `sae`, `transcoder` or `crosscoder`. */
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

/** Which biases are trained; an absent one is zero. */
export interface Biases {
  /** b_enc `[Q]` (gated: b_gate and b_mag). */
  readonly encoder: boolean;
  /** b_dec `[R]`. */
  readonly decoder: boolean;
  /** b_dec is subtracted from the input first; needs `decoder`, not for transcoders. */
  readonly subtractDecoderBias: boolean;
}

/** The activation sigma; a pair is active when its value is not 0. */
export type Activation = ReluActivation | JumpReluActivation | TopKActivation | BatchTopKActivation | GatedActivation;

/** f = max(z, 0). */
export interface ReluActivation {
  /** Discriminant. */
  readonly kind: "relu";
}

/** f = z where z > theta, theta trained per latent (Rajamanoharan et al. 2024b). */
export interface JumpReluActivation {
  /** Discriminant. */
  readonly kind: "jumprelu";
  /** Initial threshold, at least 0; about half the smallest real activation. */
  readonly theta: number;
  /** Width eps of the window of the straight-through estimate, in units of z. */
  readonly bandwidth: number;
}

/** The k largest pre-activations of a sample, then ReLU (Gao et al. 2024). */
export interface TopKActivation {
  /** Discriminant. */
  readonly kind: "topk";
  /** Active latents per sample at most; an integer up to Q. */
  readonly k: number;
  /** Pure TopK (paper eq. 7): no ReLU, negative values are kept. Default false. */
  readonly signed?: boolean;
}

/** The floor(k B) largest positive pre-activations of a batch; a running threshold at inference (Bussmann et al. 2024). */
export interface BatchTopKActivation {
  /** Discriminant. */
  readonly kind: "batchtopk";
  /** Mean active latents per sample; may be fractional. */
  readonly k: number;
  /** Rate eta of the running threshold. Default .02. */
  readonly thresholdRate?: number;
}

/** Gate on pi = u + b_gate, value max(e^r u + b_mag, 0) (Rajamanoharan et al. 2024a); its auxiliary reconstruction is always on. */
export interface GatedActivation {
  /** Discriminant. */
  readonly kind: "gated";
}

/** Loss terms beside the reconstruction; absent ones are off. */
export interface Terms {
  /** Sparsity by the sum of activations (gated: of max(pi, 0)). */
  readonly l1?: L1Term;
  /** JumpReLU's sparsity. */
  readonly l0?: L0Term;
  /** Reconstruction of the residual by dead latents. */
  readonly auxK?: AuxKTerm;
  /** Nested reconstructions. */
  readonly matryoshka?: MultiKTerm | PrefixTerm;
  /** l_w of l_w (|encoder|^2 + |decoder|^2), coupled (added to the gradient before Adam). */
  readonly weightDecay?: number;
}

/** coefficient times the batch mean of sum_i f_i (paper eq. 5; pure TopK: |f_i|), optionally weighted. */
export interface L1Term {
  /** l1. */
  readonly coefficient: number;
  /** `decoderNorm` multiplies f_i by the norm of its decoder row, `sumOfSources` by the sum of a crosscoder's per-source norms. Default `none`. */
  readonly weighting?: "none" | "decoderNorm" | "sumOfSources";
}

/** Sparsity of JumpReLU. */
export interface L0Term {
  /** l0. */
  readonly coefficient: number;
  /** `step`: mean count of z > theta; `tanh`: tanh(scale f |decoder_i|); `target`: (mean count / target - 1)^2. Default `step`. */
  readonly loss?: "step" | "tanh" | "target";
  /** Wanted L0 of the `target` loss. */
  readonly target?: number;
  /** c of the `tanh` loss. Default 4. */
  readonly scale?: number;
}

/** AuxK (Gao et al. 2024): coefficient R(residual - decode(f_aux)), the residual held constant. */
export interface AuxKTerm {
  /** Default 1/32. */
  readonly coefficient?: number;
  /** Dead latents per sample at most. Default floor(P / 2). */
  readonly k?: number;
}

/** Matryoshka by rank (paper eq. 9): sum_j weight_j R(x - decode(TopK_{k_j})). */
export interface MultiKTerm {
  /** Discriminant. */
  readonly kind: "multiK";
  /** Ascending; the last one is the activation's k. */
  readonly ks: readonly number[];
  /** Default 1/m each. */
  readonly weights?: readonly number[];
}

/** Matryoshka by latent index: sum_j weight_j R(x - decode of the first width_j latents). */
export interface PrefixTerm {
  /** Discriminant. */
  readonly kind: "prefix";
  /** Ascending; the last one is Q. */
  readonly widths: readonly number[];
  /** Default 1/m each. */
  readonly weights?: readonly number[];
}
