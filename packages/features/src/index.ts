/**
 * What activates each latent of a sparse dictionary.
 *
 * @module index
 */

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
