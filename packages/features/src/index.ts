/**
 * What activates each latent of a sparse dictionary.
 *
 * @module index
 */
export { describedRows, type RuleSources } from "./checks/describedRows.js";
export { nameCheck } from "./checks/nameCheck.js";
export { parseRule, type Rule } from "./checks/rule.js";
export {
  type NeuronpediaExample,
  type NeuronpediaFeature,
  type NeuronpediaQuantile,
  toNeuronpedia,
} from "./dashboards/neuronpedia.js";
export {
  type SaeDashboardActivation,
  type SaeDashboardBatch,
  type SaeDashboardFeature,
  type SaeDashboardOptions,
  toSaeDashboard,
} from "./dashboards/saeDashboard.js";
export { type DecoderMapOptions, decoderMap } from "./decoderMap.js";
export type { ExampleView, ImageView, TextView, TokenView, VectorView } from "./exampleView.js";
export type { DecoderMap, FeatureDocument } from "./featureDocument.js";
export type {
  ClassScore,
  Cofiring,
  DocumentShare,
  Example,
  FeatureRecord,
  FeatureVerdict,
  Histogram,
  Lens,
  LensToken,
  NameCheck,
  Neighbour,
  QuantileExamples,
  TokenShare,
} from "./featureRecord.js";
export { type FeatureStatisticsOptions, featureStatistics } from "./featureStatistics.js";
export type { RowLabels } from "./finish/classScores.js";
export type { RowTexts } from "./finish/contextKeys.js";
export { type FeatureStatistics, type FinishOptions, finishFeatures } from "./finish/finishFeatures.js";
export { lensWarning, type ModelDepth } from "./lens/lensDepth.js";
export { type LensOptions, logitLens, type Unembedding, writtenWidth } from "./lens/logitLens.js";
export { type ContextSize, type ContextWindow, contextWindows } from "./origin/contextWindows.js";
export { originAt, type RowsOrigin } from "./origin/originAt.js";
export type { RowOrigin } from "./origin/rowOrigin.js";
export { type CollectOptions, collectFeatures, type FeatureBatch } from "./statistics/collectFeatures.js";
export type { FeatureState, WatchedLatent } from "./statistics/featureState.js";
export { featureStateFile, readFeatureState } from "./statistics/featureStateFile.js";
export type { KeptFirings } from "./statistics/keptFirings.js";
export type { Magnitudes } from "./statistics/magnitudes.js";
export { mergeFeatureStates } from "./statistics/mergeFeatureStates.js";
export type { RowSample, SampleLimits } from "./statistics/rowSample.js";
export { type CodeLookup, codesOf } from "./views/codesOf.js";
export { type ViewSources, withViews } from "./views/exampleViews.js";
export { patchOf } from "./views/patchOf.js";
