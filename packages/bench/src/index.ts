/**
 * The Linear Representation Bench: data with known ground truth, and recovery metrics.
 *
 * @module index
 */
export { type CoefficientModel, coefficientModel } from "./coefficients/coefficientModel.js";
export type { CoefficientOptions, CoefficientTables } from "./coefficients/coefficientTables.js";
export type { CopulaFactor, CorrelationOptions } from "./coefficients/copulaFactor.js";
export type {
  ConstantRates,
  FiringRates,
  LinearRates,
  UniformRates,
  ZipfianRates,
} from "./coefficients/firingRates.js";
export type { Hierarchy, HierarchyOptions } from "./coefficients/hierarchy.js";
export type {
  ConstantProfile,
  ExponentialMagnitudes,
  ExponentialTable,
  FoldedNormalProfile,
  GaussianMagnitudes,
  GaussianTable,
  Magnitudes,
  MagnitudeTable,
  Profile,
  RampProfile,
} from "./coefficients/magnitudes.js";
export { normalQuantile } from "./coefficients/normalQuantile.js";
export type { BenchBatch, BenchBatchSource } from "./data/batches.js";
export type { BatchDirections } from "./data/batchMaker.js";
export type { BenchParts } from "./data/benchParts.js";
export {
  type BatchSourceOptions,
  type BenchOptions,
  type HeldOutBatch,
  type HeldOutOptions,
  type LinearRepresentationBench,
  linearRepresentationBench,
} from "./data/linearRepresentationBench.js";
export { type BenchPreset, benchPresets } from "./data/presets.js";
export { gaussianSurrogate, permutedSurrogate } from "./data/surrogates.js";
export { type SynthSaeBenchOptions, synthSaeBench16k } from "./data/synthSaeBench.js";
export type { BenchView, ViewFeatures } from "./data/views.js";
export type { EigenvalueRange } from "./features/eigenvalueRange.js";
export { type FeatureOptions, generateFeatures, type OrthogonalizationOptions } from "./features/generateFeatures.js";
export { type Interference, type InterferenceOptions, interference } from "./features/interference.js";
export {
  type FeatureMatrix,
  type FeatureReport,
  type ProjectionOptions,
  projectFeatures,
} from "./features/projectFeatures.js";
export {
  type AbsorptionCounter,
  type AbsorptionEntry,
  type AbsorptionInput,
  absorption,
  type HierarchyAbsorption,
} from "./metrics/absorption.js";
export {
  type ClassificationCounter,
  type ClassificationReport,
  classification,
  forPositive,
} from "./metrics/classification.js";
export { type CompositeMatch, type ConeFit, compositeMatches, coneFit } from "./metrics/compositeMatches.js";
export {
  auroc,
  bestThreshold,
  type Detector,
  f1At,
  type RankedDetector,
  ranked,
  rankedAuroc,
  type Threshold,
} from "./metrics/detection.js";
export { type DiscoveryReport, discovery } from "./metrics/discovery.js";
export {
  type FeatureOutcome,
  type LatentKind,
  type LatentKindsInput,
  type LatentKindsReport,
  latentKindNames,
  latentKinds,
} from "./metrics/latentKinds.js";
export {
  type BestMatches,
  bestMatches,
  groundTruthRecovery,
  meanInnerProduct,
  type OneToOne,
  oneToOne,
  type ScoreMatrix,
  uniqueness,
} from "./metrics/matches.js";
export { type FeatureMatch, type MatchFeaturesInput, matchFeatures } from "./metrics/matchFeatures.js";
export { type NearestRows, type NearestRowsOptions, nearestRows } from "./metrics/nearestRows.js";
export { outcomesByRate, type RateBin } from "./metrics/outcomesByRate.js";
export { type RandomBaseline, randomBaseline } from "./metrics/randomBaseline.js";
export {
  type GroundTruth,
  type LearnedDictionary,
  type RecoveryOptions,
  type RecoveryReport,
  type RecoveryScores,
  recovery,
} from "./metrics/recovery.js";
export { type Similarity, similarity } from "./metrics/similarity.js";
export { type Directions, type UnitDirections, unitDirections } from "./metrics/unitDirections.js";
