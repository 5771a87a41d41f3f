import type { Backend } from "@monosema/tensor";
import { bestMatches, groundTruthRecovery, meanInnerProduct, oneToOne, uniqueness } from "./matches.js";
import { type Similarity, similarity } from "./similarity.js";

/** A learned dictionary, one row per latent. */
export interface LearnedDictionary {
  /** `[nQ, nP]` row-major. */
  readonly encoder: Float32Array | Float64Array;
  /** `[nQ, nR]` row-major. */
  readonly decoder: Float32Array | Float64Array;
  /** Latents. */
  readonly nQ: number;
  /** Input width. */
  readonly nP: number;
  /** Target width. */
  readonly nR: number;
}

/** True directions, one row per feature. */
export interface GroundTruth {
  /** `[n, nP]` row-major, unit rows. */
  readonly features: Float32Array | Float64Array;
  /** `[n, nR]` row-major, unit rows. */
  readonly targetFeatures: Float32Array | Float64Array;
  /** Features. */
  readonly n: number;
}

/** Options of {@link recovery}. */
export interface RecoveryOptions {
  /** Features that are not scored, because rows were anchored to them. */
  readonly exclude?: readonly number[];
  /** Signed cosines; by default absolute values as in the paper, which let one row match w and -w. */
  readonly signed?: boolean;
  /** Signed cosines of decoder rows and target features, where the caller has them already; not changed. Default: computed. */
  readonly decoderSimilarity?: Similarity;
}

/** Recovery by one similarity, over the features that are scored. */
export interface RecoveryScores {
  /** M_GT(.95): share of features whose best match is above .95. */
  readonly mgt95: number;
  /** M_GT(.9). */
  readonly mgt90: number;
  /** M_IP: mean best match. */
  readonly mip: number;
}

/** Recovery metrics side by side; none of them alone tells recovery. */
export interface RecoveryReport {
  /** Decoder cosine D: the quantity that theory identifies. */
  readonly decoder: RecoveryScores;
  /** Encoder cosine E: not identified. */
  readonly encoder: RecoveryScores;
  /** The paper's raw inner product with encoder rows that are not normalised: a gain, not an alignment; may exceed 1. */
  readonly raw: RecoveryScores;
  /**
   * Signed decoder cosine with a latent of its own, by the one-to-one matching of the largest sum; a feature without a latent counts 0.
   * {@link matchFeatures} gives the pairs.
   */
  readonly matched: RecoveryScores;
  /** Mean decoder cosine over the best one-to-one matching, over all features, anchored ones included. */
  readonly mcc: number;
  /** The same by encoder cosine. */
  readonly mccEncoder: number;
  /** Different features that latents match best by decoder, divided by nQ. */
  readonly uniqueness: number;
  /** Features scored, |I|. */
  readonly evaluated: number;
  /** Features left out. */
  readonly excluded: number;
  /** Feature that each latent matches best by decoder, `[nQ]`: for classification metrics. */
  readonly featureOf: Int32Array;
  /** Latent that each feature matches best by decoder, `[n]`. */
  readonly latentOf: Int32Array;
  /** Decoder cosine of that match, `[n]`. */
  readonly bestDecoder: Float64Array;
}

/**
 * How well a dictionary recovers the true directions (paper section 5). Two matrix products of nQ n d on the backend, then
 * passes over `[nQ, n]` on the host, which holds two such matrices at a time, beside one that was given.
 *
 * @throws RangeError where sizes do not fit, an excluded index is out of range or nothing is left to score
 */
export async function recovery(
  backend: Backend,
  learned: LearnedDictionary,
  truth: GroundTruth,
  options: RecoveryOptions = {},
): Promise<RecoveryReport> {
  const { nQ, nP, nR, encoder, decoder } = learned;
  const { n, features, targetFeatures } = truth;
  const { exclude = [], signed = false, decoderSimilarity: known } = options;
  const evaluated = evaluatedFeatures(n, exclude);

  const decoderSimilarity =
    known ?? (await similarity(backend, { values: decoder, count: nQ }, { values: targetFeatures, count: n }, nR));
  const own = oneToOne({ values: decoderSimilarity.cosine, rows: nQ, columns: n });
  const decoderScores = scored(
    known && !signed ? { ...known, cosine: known.cosine.slice() } : decoderSimilarity,
    signed,
  );
  const decoderMatches = bestMatches(decoderScores);
  const mcc = signed ? own.mean : oneToOne(decoderScores).mean;

  const encoderSimilarity = await similarity(
    backend,
    { values: encoder, count: nQ },
    { values: features, count: n },
    nP,
  );
  const encoderScores = scored(encoderSimilarity, signed);
  const encoderBest = bestMatches(encoderScores).best;
  const mccEncoder = oneToOne(encoderScores).mean;
  const rawBest = bestRaw(encoderScores.values, encoderSimilarity.norms, n);

  return {
    decoder: scoresOf(decoderMatches.best, evaluated, signed),
    encoder: scoresOf(encoderBest, evaluated, signed),
    raw: scoresOf(rawBest, evaluated, signed),
    matched: scoresOf(own.score, evaluated, true),
    mcc,
    mccEncoder,
    uniqueness: uniqueness(decoderMatches.featureOf),
    evaluated: evaluated.length,
    excluded: n - evaluated.length,
    featureOf: decoderMatches.featureOf,
    latentOf: decoderMatches.latentOf,
    bestDecoder: decoderMatches.best,
  };
}

/** M_GT and M_IP of best matches; an internal error where M_IP >= tau M_GT(tau) fails, which absolute values cannot. */
export function scoresOf(best: Float64Array, evaluated: readonly number[], signed: boolean): RecoveryScores {
  const scores = {
    mgt95: groundTruthRecovery(best, 0.95, evaluated),
    mgt90: groundTruthRecovery(best, 0.9, evaluated),
    mip: meanInnerProduct(best, evaluated),
  };
  const slack = 1e-12;
  if (!signed && !(scores.mip + slack >= 0.95 * scores.mgt95 && scores.mip + slack >= 0.9 * scores.mgt90)) {
    throw new Error(
      `internal: M_IP ${scores.mip} must be at least tau M_GT(tau), got ${scores.mgt95} and ${scores.mgt90}`,
    );
  }
  return scores;
}

/** Features that are scored, ascending. */
export function evaluatedFeatures(n: number, exclude: readonly number[]): number[] {
  const wrong = exclude.find((feature) => !Number.isSafeInteger(feature) || feature < 0 || feature >= n);
  if (wrong !== undefined) {
    throw new RangeError(`recovery: exclude must hold features from 0 to ${n - 1}, got ${wrong}; pass feature indices`);
  }
  const excluded = new Set(exclude);
  const evaluated = Array.from({ length: n }, (_, feature) => feature).filter((feature) => !excluded.has(feature));
  if (evaluated.length === 0) {
    throw new RangeError(
      `recovery: at least one of ${n} features must be scored, got ${excluded.size} excluded; exclude fewer`,
    );
  }
  return evaluated;
}

/** Cosines as they are scored: absolute, in place, unless signed. */
function scored(
  { rows, columns, cosine }: Similarity,
  signed: boolean,
): { values: typeof cosine; rows: number; columns: number } {
  if (!signed) for (let i = 0; i < cosine.length; i++) cosine[i] = Math.abs(cosine[i] as number);
  return { values: cosine, rows, columns };
}

/** Largest cosine times encoder norm of each feature. */
function bestRaw(values: ArrayLike<number>, norms: Float64Array, n: number): Float64Array {
  const best = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  norms.forEach((norm, latent) => {
    for (let feature = 0; feature < n; feature++) {
      const value = norm * (values[latent * n + feature] as number);
      if (value > (best[feature] as number)) best[feature] = value;
    }
  });
  return best;
}
