/**
 * The page of features: a function of a feature document. Safe in a browser.
 *
 * @module page
 */
export type { FeatureDocument } from "./featureDocument.js";
export { type FeaturePage, featurePage, featurePageFiles, type PageFile } from "./page/featurePage.js";
