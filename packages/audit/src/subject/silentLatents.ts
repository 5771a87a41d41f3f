import { norm, row } from "@monosema/numerics";
import { thresholdOf } from "@monosema/theory/core";
import type { FeaturePattern } from "./featurePattern.js";
import type { FoldedModel } from "./foldDictionary.js";
import type { SampleStatistics } from "./sampleStatistics.js";

/**
 * Latents silent on all samples and on all features, as far as given, ascending; with neither, those that no input can switch on (a row
 * of zeros) or whose decoder is zero.
 */
export function silentLatents(
  model: FoldedModel,
  statistics: SampleStatistics | null,
  features: FeaturePattern | null,
): readonly number[] {
  const silentOnFeatures = features && new Set(features.pattern.dead);
  const latents: number[] = [];
  for (let i = 0; i < model.encoder.rows; i++) {
    const onData = statistics === null || statistics.active[i] === 0;
    const onFeatures = silentOnFeatures === null || silentOnFeatures.has(i);
    const known = statistics !== null || silentOnFeatures !== null || hasNoEffect(model, i);
    if (onData && onFeatures && known) latents.push(i);
  }
  return latents;
}

/** The row is zero below its threshold, or the decoder is zero. */
function hasNoEffect({ encoder, decoder, sigma }: FoldedModel, latent: number): boolean {
  if (norm(row(decoder, latent)) === 0) return true;
  return sigma.kind !== "topk" && norm(row(encoder, latent)) === 0 && thresholdOf(sigma, latent) >= 0;
}
