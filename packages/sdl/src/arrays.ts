/**
 * The arrays of a dictionary with their names in SAELens files, in the order of training and saving. What an activation trains beside
 * the matrices is a vector `[Q]`; a new one is a line here.
 */
export const arrayNames = {
  /** `[Q, P]`. */
  encoder: "W_enc",
  /** `[Q, R]`. */
  decoder: "W_dec",
  /** b_enc `[Q]`. */
  encoderBias: "b_enc",
  /** b_dec `[R]`. */
  decoderBias: "b_dec",
  /** JumpReLU: thresholds `[Q]`. */
  theta: "threshold",
  /** Gated: b_gate `[Q]`. */
  gateBias: "b_gate",
  /** Gated: b_mag `[Q]`. */
  magnitudeBias: "b_mag",
  /** Gated: r `[Q]`. */
  magnitudeScale: "r_mag",
  /** Skip connection of a transcoder `[R, P]`. */
  skip: "W_skip",
} as const;

/** Name of an array of a dictionary. */
export type ArrayName = keyof typeof arrayNames;

/** Name of a vector `[Q]` that belongs to an activation. */
export type LatentVector = Exclude<ArrayName, "encoder" | "decoder" | "decoderBias" | "skip">;
