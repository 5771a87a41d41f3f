/**
 * What activates each latent of a sparse dictionary.
 *
 * @module index
 */
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
