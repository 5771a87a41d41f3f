/**
 * Feature anchoring: directions that training holds latents to, from ground truth, class means or discovery.
 *
 * @packageDocumentation
 */

export type { AnchorSet, TrueFeatures } from "./anchors.js";
export { type AnchorOptions, anchorTerm } from "./anchorTerm.js";
export { type ClassMeanAnchors, type ClassMeanOptions, classMeanAnchors } from "./classMeans.js";
export { type ClusterMeanOptions, clusterMeanAnchors } from "./clusterMeans.js";
export { type DiscoveredAnchors, type DiscoverOptions, discoverAnchors } from "./discover.js";
export { dualRows } from "./dualRows.js";
export { featureAnchors } from "./featureAnchors.js";
export { type GivenAnchorsOptions, givenAnchors, unitDirections } from "./givenAnchors.js";
export { truthAnchors } from "./truthAnchors.js";
