/**
 * The functions of this package without checks of their input, for packages that checked it at their own edge.
 *
 * @module core
 */
export { checkEncoding, checkModel, type Encoding, type FeatureModel } from "./checkModel.js";
export { approximateLossCore } from "./codes/approximateLoss.js";
export { isolatedCodesCore } from "./codes/isolatedCodes.js";
export { dictionaryChecksCore } from "./dictionary/dictionaryChecks.js";
export { sampleBlocks } from "./loss/sampleBlocks.js";
export { escapeDirectionCore } from "./minima/escapeDirection.js";
export { partialMinimumCheckCore } from "./minima/partialMinimumCheck.js";
export { relativeGradient } from "./minima/relativeGradient.js";
export { activationPatternCore } from "./patterns/activationPattern.js";
export { conicIndependenceCore } from "./patterns/conicIndependence.js";
export { checkSigma, isTopK, thresholdOf } from "./sigma.js";
export { identifiabilityCore } from "./solutions/identifiability.js";
export { solutionDimensionCore } from "./solutions/solutionDimension.js";
export { zeroLossCheckCore } from "./solutions/zeroLossCheck.js";
