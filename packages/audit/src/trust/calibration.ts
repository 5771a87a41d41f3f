/** A function of one number, linear between knots and constant outside them. */
export interface PiecewiseLinear {
  /** Ascending, `[K]`. */
  readonly knots: readonly number[];
  /** Values at the knots, in log odds, `[K]`; their mean over the calibration latents is 0. */
  readonly values: readonly number[];
}

/** Log odds as a sum of functions of one statistic each; small enough to be read. */
export interface AdditiveModel {
  /** Log odds where every function is 0. */
  readonly intercept: number;
  /** One for each statistic. */
  readonly statistics: Readonly<Record<string, PiecewiseLinear>>;
  /** One for each number of the dictionary as a whole. */
  readonly context: Readonly<Record<string, PiecewiseLinear>>;
}

/** Latents by score, on settings that the model was not fitted on. */
export interface ReliabilityBin {
  /** Scores from here, included. */
  readonly from: number;
  /** To here. */
  readonly to: number;
  /** Latents with such a score. */
  readonly latents: number;
  /** Their mean score. */
  readonly score: number;
  /** Share of them that are what the score is the probability of. */
  readonly share: number;
}

/** A model, and how it did on settings left out. */
export interface CalibratedScore {
  /** The model. */
  readonly model: AdditiveModel;
  /** Reliability in cross-validation over settings. */
  readonly reliability: readonly ReliabilityBin[];
  /** Expected calibration error there, over all latents. */
  readonly error: number;
  /** Area under the ROC curve there: median over settings that have both kinds. */
  readonly auc: number;
}

/** A score without replicas and with them. */
export interface CalibratedPair {
  /** From the dictionary and samples alone. */
  readonly alone: CalibratedScore;
  /** From what replicas say of each latent too. */
  readonly replicated: CalibratedScore;
}

/** A score of dictionaries whose encoder and decoder rows lie in one space, and of others, such as transcoders. */
export interface CalibratedKind extends CalibratedPair {
  /** Without what compares encoder and decoder rows. */
  readonly acrossSpaces: CalibratedPair;
}

/** All that `npm run calibrate` writes. */
export interface Calibration {
  /** How it was made. */
  readonly made: {
    /** Generated settings. */
    readonly settings: number;
    /** Latents of the dictionaries trained on them. */
    readonly latents: number;
    /** Seed. */
    readonly seed: number;
  };
  /** Probability that a latent is real: a feature, or the sum of a feature and ancestors of it. */
  readonly real: CalibratedKind;
  /** Probability that it is one feature alone. */
  readonly atomic: CalibratedKind;
  /** From .5 % to 99.5 % of the calibration latents, by statistic. */
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
}

/** The score of a kind for what is given. */
export function scoreFor(kind: CalibratedKind, sameSpace: boolean, replicated: boolean): CalibratedScore {
  return (sameSpace ? kind : kind.acrossSpaces)[replicated ? "replicated" : "alone"];
}
