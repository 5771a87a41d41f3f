import { checkWhole, type Mat } from "@monosema/numerics";
import type { AuditInput } from "../auditInput.js";
import { type AuditLimits, limitsOf } from "../limits.js";
import { checkRegulariser } from "../setupVerdict.js";
import { type CheckedFeatures, checkFeatures } from "./auditFeatures.js";
import { type DecoderPairs, decoderPairs } from "./decoderPairs.js";
import { type FeaturePattern, featurePattern } from "./featurePattern.js";
import { type Dictionary, type FoldedModel, foldDictionary } from "./foldDictionary.js";
import { type SampleStatistics, sampleStatistics } from "./sampleStatistics.js";
import { silentLatents } from "./silentLatents.js";
import type { WeightedRows } from "./weightedRows.js";

/** All that the checks of an audit look at, checked and computed once. */
export interface AuditSubject {
  /** The model with folded biases. */
  readonly model: FoldedModel;
  /** Cosines of its decoder rows. */
  readonly pairs: DecoderPairs;
  /** The true features and what the model does with each alone; null without. */
  readonly features: (CheckedFeatures & FeaturePattern) | null;
  /** Whether features were given without weights. */
  readonly equalWeights: boolean;
  /** What was counted over the samples; null without. */
  readonly statistics: SampleStatistics | null;
  /** Latents without effect. */
  readonly dead: readonly number[];
  /** Latents held fixed by anchoring. */
  readonly anchors: readonly number[];
  /** Limits. */
  readonly limits: Required<AuditLimits>;
}

/** Cosine from which the decoders of two latents count as overlapping. */
const OVERLAP = 0.2;

/**
 * Checks what was given and computes what several checks need.
 *
 * @throws RangeError where shapes do not fit, a number is not finite, or data hold no sample
 */
export async function auditSubject(dictionary: Dictionary, input: AuditInput): Promise<AuditSubject> {
  const model = foldDictionary(dictionary);
  const limits = limitsOf(input.limits);
  const checked = input.features ? checkFeatures(input.features, model) : null;
  if (input.regulariser) checkRegulariser(input.regulariser, checked);
  const anchors = input.anchors ?? [];
  for (const latent of anchors) checkWhole("auditDictionary", "anchors", latent, 0, model.encoder.rows - 1);
  const pairs = decoderPairs(model.decoder, OVERLAP, limits.pairs);
  const statistics = input.data ? await sampleStatistics(input.data, model, pairs.similar, limits) : null;
  const features = checked && { ...checked, ...featurePattern(model, checked, limits.work) };
  return {
    ...{ model, pairs, features, statistics, anchors, limits },
    equalWeights: checked !== null && input.features?.weights === undefined,
    dead: silentLatents(model, statistics, features),
  };
}

/** The first samples, weighted equally. */
export function firstSamples({ firstInputs, firstTargets }: SampleStatistics, count: number): WeightedRows {
  const first = ({ cols, data }: Mat): Mat => ({ rows: count, cols, data: data.subarray(0, count * cols) });
  return {
    name: `the first ${count} samples`,
    inputs: first(firstInputs),
    targets: first(firstTargets),
    weights: new Float64Array(count).fill(1 / count),
  };
}
