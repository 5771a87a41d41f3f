/**
 * Where the summary of an audit draws its lines. All of them stand here.
 *
 * A dictionary is *poor* where it explains too little, hardly a latent is alive, or too few latents are probably real; *good* where all three
 * are well and the scores are probabilities, that is, the dictionary is like those that they were calibrated on; else *usable*. Dead latents
 * are a waste and no fault of the others, so half of them may be dead in a good one.
 */
export const auditThresholds = {
  /** Score from which a latent is counted as probably real, or probably one feature. */
  probable: 0.5,
  /** Score from which its grade is real. */
  real: 0.8,
  /** Score below which its grade is unreal; between the two it is doubtful. */
  unreal: 0.2,
  /** Share of the samples above which a latent is dense, as in the benchmark. */
  dense: 0.1,
  /** Cosine above which a latent comes back in a replica, as in `compareDictionaries`. */
  replicated: 0.9,
  /** Statistics of latents outside the range of the calibration, from this share on: the scores are a ranking and no probabilities. */
  outside: 0.05,
  /** Fewest samples that a grade rests on. */
  samples: 200,
  /** Fewest live latents that fire often enough to be scored, as a share, for a grade that rests on scores. */
  scored: 0.5,
  /** What a good dictionary reaches. */
  good: {
    /** fvu at most. */
    fvu: 0.3,
    /** Share of the latents that are alive, at least. */
    alive: 0.5,
    /** Share of the scored latents that are probably real, at least. */
    real: 0.6,
  },
  /** What makes a dictionary poor. */
  poor: {
    /** fvu above. */
    fvu: 0.7,
    /** Share of the latents that are alive, below. */
    alive: 0.1,
    /** Share of the scored latents that are probably real, below. */
    real: 0.25,
  },
} as const;
