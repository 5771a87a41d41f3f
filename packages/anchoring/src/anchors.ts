/** Known or presumed feature directions that training holds latents to; row i belongs to latent i. */
export interface AnchorSet {
  /** Where they come from; `given`: the caller says so. */
  readonly kind: "truth" | "frequent" | "classMeans" | "discovered" | "given";
  /** Anchors, K. */
  readonly count: number;
  /** a_p: unit rows in input space `[K, P]`. */
  readonly input: Float32Array | Float64Array;
  /** a_r: unit rows in target space `[K, R]`; the same array as `input` for SAEs and crosscoders. */
  readonly target: Float32Array | Float64Array;
  /** Name of each anchor, where they have names. */
  readonly names?: readonly string[];
  /** Ground truth: which features they are, so that scores leave them out. */
  readonly features?: Int32Array;
}

/** Feature matrices of a benchmark. */
export interface TrueFeatures {
  /** Features, N. */
  readonly n: number;
  /** Unit rows `[N, P]`. */
  readonly features: Float64Array | Float32Array;
  /** Unit rows `[N, R]`; absent: `features`. */
  readonly targetFeatures?: Float64Array | Float32Array;
}
