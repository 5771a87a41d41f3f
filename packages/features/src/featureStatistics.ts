import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { type FeatureStatistics, type FinishOptions, finishFeatures } from "./finish/finishFeatures.js";
import { type CollectOptions, collectFeatures, type FeatureBatch } from "./statistics/collectFeatures.js";

/** Options of {@link featureStatistics}. */
export interface FeatureStatisticsOptions extends CollectOptions, FinishOptions {}

/**
 * What activates each latent of a dictionary, in one pass over activations: rates, histograms, strongest examples and examples by ranges of
 * values, latents that fire together, nearest decoder rows, tokens, documents and classes. Memory is bounded by latents times examples. For
 * shards, call `collectFeatures` on each, `mergeFeatureStates`, and `finishFeatures`.
 *
 * @param batches - rows in order, `[B, P]` each, or their codes
 * @throws RangeError for options or sizes that do not fit
 */
export async function featureStatistics(
  backend: Backend,
  model: Model,
  batches: AsyncIterable<FeatureBatch> | Iterable<FeatureBatch>,
  options: FeatureStatisticsOptions = {},
): Promise<FeatureStatistics> {
  return await finishFeatures(backend, model, await collectFeatures(backend, model, batches, options), options);
}
