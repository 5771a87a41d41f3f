import type { AnchorSet } from "@monosema/anchoring";
import { discovery, type GroundTruth, type RecoveryReport, recovery, type Similarity } from "@monosema/bench";
import { normaliseRows } from "@monosema/numerics";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { BenchMetrics, Geometry } from "../records.js";

/** Recovery of the true features by a model's dictionary; `exclude` lists features that were anchored; the signed decoder cosines may be given. */
export async function dictionaryRecovery(
  backend: Backend,
  { spec, weights }: Model,
  truth: GroundTruth,
  exclude: readonly number[] = [],
  decoderSimilarity?: Similarity,
): Promise<RecoveryReport> {
  const { nQ, nP, nR } = spec;
  const learned = { encoder: weights.encoder, decoder: weights.decoder, nQ, nP, nR };
  return await recovery(backend, learned, truth, { exclude, ...(decoderSimilarity ? { decoderSimilarity } : {}) });
}

/** Recovery keys of `monosema evaluate`. */
export type RecoveryMetrics = Pick<BenchMetrics, "decoder" | "encoder" | "raw" | "matched" | "mcc">;

/**
 * Recovery of given directions by a model.
 *
 * @param features - `[N, P]`
 * @param targetFeatures - `[N, R]`
 * @param exclude - indices of features that are not scored, such as anchored ones
 */
export async function evaluateRecovery(
  backend: Backend,
  model: Model,
  features: Float32Array,
  targetFeatures: Float32Array,
  exclude: readonly number[] = [],
): Promise<RecoveryMetrics> {
  const n = features.length / model.spec.nP;
  const truth = { n, features, targetFeatures };
  const { decoder, encoder, raw, matched, mcc } = await dictionaryRecovery(backend, model, truth, exclude);
  return { decoder, encoder, raw, matched, mcc };
}

/** Precision and recall of anchors in target space against true directions (cosine above .95). */
export interface AnchorScore {
  /** Share of anchors that lie along a feature. */
  readonly precision: number;
  /** Share of features that an anchor lies along. */
  readonly recall: number;
}

/** Scores anchors against true target directions `[N, R]`. */
export async function scoreAnchors(
  backend: Backend,
  { target, count }: AnchorSet,
  targetFeatures: Float32Array | Float64Array,
): Promise<AnchorScore> {
  const width = target.length / count;
  const features = { values: targetFeatures, count: targetFeatures.length / width };
  const { precision, recall } = await discovery(backend, { values: target, count }, features, width);
  return { precision, recall };
}

/** |cosine| of up to 60 features (columns) with the latents that match them best (rows). */
export function matchedSimilarity(
  { spec, weights }: Model,
  truth: GroundTruth,
  { latentOf }: RecoveryReport,
): number[][] {
  const { nR } = spec;
  const shown = Math.min(60, truth.n);
  const features = Array.from({ length: shown }, (_, i) => unit(truth.targetFeatures, i, nR));
  return features.map((_, i) => {
    const learned = unit(weights.decoder, latentOf[i] as number, nR);
    return features.map((feature) => {
      const cosine = learned.reduce((sum, value, d) => sum + value * (feature[d] as number), 0);
      return Math.round(1e4 * Math.abs(cosine)) / 1e4;
    });
  });
}

/** Directions of features and latents in two or three dimensions; undefined in more. */
export function geometryOf({ spec, weights }: Model, truth: GroundTruth): Geometry | undefined {
  const { nR, nQ } = spec;
  if (nR > 3) return undefined;
  const norms = Array.from({ length: nQ }, (_, i) => Math.hypot(...weights.decoder.subarray(i * nR, (i + 1) * nR)));
  const floor = 1e-6 * Math.max(...norms);
  return {
    features: Array.from({ length: truth.n }, (_, i) => unit(truth.targetFeatures, i, nR)),
    learned: norms.flatMap((norm, i) => (norm > floor ? [unit(weights.decoder, i, nR)] : [])),
  };
}

function unit(rows: Float32Array | Float64Array, row: number, width: number): number[] {
  const values = Float64Array.from(rows.subarray(row * width, (row + 1) * width));
  normaliseRows(values, width);
  return Array.from(values);
}
