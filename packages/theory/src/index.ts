/**
 * Theorems on sparse dictionary learning as checks with certificates, in float64.
 *
 * @module index
 */
export { type AbsorptionPath, type AbsorptionPathInput, absorptionPath } from "./absorption/absorptionPath.js";
export {
  type AbsorptionSplit,
  type AbsorptionSplitInput,
  absorptionSplit,
  type SplitCertificate,
  type SplitFeature,
} from "./absorption/absorptionSplit.js";
export { type ApproximateLoss, type ApproximateLossInput, approximateLoss } from "./codes/approximateLoss.js";
export { type IsolatedCodes, type IsolatedCodesInput, isolatedCodes, type Mask } from "./codes/isolatedCodes.js";
export { type SigmaProperties, sigmaProperties } from "./codes/sigmaProperties.js";
export {
  type ConicSummary,
  type DictionaryChecks,
  type DictionaryChecksInput,
  dictionaryChecks,
  type RestrictedIsometry,
} from "./dictionary/dictionaryChecks.js";
export {
  type FeatureMoments,
  type FeatureWeights,
  featureWeights,
  featureWeightsFromSamples,
} from "./loss/featureWeights.js";
export {
  type IsolationByProbability,
  type IsolationBySamples,
  type IsolationReport,
  isolationReport,
} from "./loss/isolationReport.js";
export {
  type LossApproximationBound,
  type LossApproximationBoundInput,
  lossApproximationBound,
} from "./loss/lossApproximationBound.js";
export { type LossByActiveCount, type LossByActiveCountInput, lossByActiveCount } from "./loss/lossByActiveCount.js";
export {
  type AlternatingConvexSearch,
  type AlternatingConvexSearchInput,
  alternatingConvexSearch,
} from "./minima/alternatingConvexSearch.js";
export type { BoundaryMinimum } from "./minima/boundaryMinimum.js";
export {
  type ConstructionFailure,
  type ConstructPartialMinimumInput,
  constructPartialMinimum,
  type PartialMinimum,
} from "./minima/constructPartialMinimum.js";
export type { SearchStatus } from "./minima/descend.js";
export { type Escape, type EscapeDirectionInput, escapeDirection, type NoEscape } from "./minima/escapeDirection.js";
export { type EscapedModel, type EscapeMinimumInput, escapeMinimum } from "./minima/escapeMinimum.js";
export {
  type GlobalLowerBound,
  type GlobalLowerBoundInput,
  globalLowerBound,
  type L1Bound,
  type TopOneBound,
} from "./minima/globalLowerBound.js";
export type { LatentKkt } from "./minima/latentKkt.js";
export type { WeightedModel } from "./minima/maskedModel.js";
export type { MinimumType } from "./minima/minimumType.js";
export {
  type PartialMinimumCheck,
  type PartialMinimumCheckInput,
  partialMinimumCheck,
} from "./minima/partialMinimumCheck.js";
export {
  type PackedCertificate,
  type PackedCertificates,
  packCertificates,
  unpackCertificate,
} from "./packCertificates.js";
export {
  type ActivationPattern,
  type ActivationPatternInput,
  activationPattern,
} from "./patterns/activationPattern.js";
export {
  type ConicFeature,
  type ConicIndependence,
  type ConicIndependenceInput,
  conicIndependence,
} from "./patterns/conicIndependence.js";
export type { LatentSets } from "./patterns/maskOfPattern.js";
export { type PatternRealization, type RealizePatternInput, realizePattern } from "./patterns/realizePattern.js";
export {
  type Recovery,
  type RecoveryInput,
  type RecoveryMethod,
  recoveryConstruction,
} from "./patterns/recoveryConstruction.js";
export {
  type RegionConstraints,
  type RegionConstraintsInput,
  type RegionOfMask,
  type RegionOfPattern,
  type RegionSetting,
  regionConstraints,
} from "./patterns/regionConstraints.js";
export { type TiedInterference, type TiedInterferenceInput, tiedInterference } from "./patterns/tiedInterference.js";
export { wendelProbability } from "./patterns/wendelProbability.js";
export type { DimensionCertificate } from "./recheck/dimension.js";
export type { EscapeCertificate } from "./recheck/escape.js";
export type { FarkasCertificate, Multiplier } from "./recheck/farkas.js";
export type { ExcludedSpace, NoPartialMinimumCertificate } from "./recheck/noPartialMinimum.js";
export type { Recheck } from "./recheck/outcome.js";
export type { AscentRow, PartialMinimumCertificate } from "./recheck/partialMinimum.js";
export type { CertifiedModel } from "./recheck/plainModel.js";
export type { RealizationCertificate } from "./recheck/realization.js";
export { type Certificate, recheck } from "./recheck/recheck.js";
export type { SelectionSizeCertificate } from "./recheck/selectionSize.js";
export type { TheoremCertificate, TheoremRule } from "./recheck/theorem.js";
export type { WitnessCertificate } from "./recheck/witness.js";
export type { GatedSigma, JumpReluSigma, ReluSigma, Sigma, TopKSigma } from "./sigma.js";
export { anchoredCodeDim } from "./solutions/anchoredCodeDim.js";
export {
  type DecoderSolutionSet,
  type DecoderSolutionSetInput,
  decoderSolutionSet,
} from "./solutions/decoderSolutionSet.js";
export {
  type IdentifiabilityInput,
  type IdentifiabilityVerdict,
  identifiability,
  type SolutionModel,
} from "./solutions/identifiability.js";
export {
  type NonRecoveringWitness,
  type NonRecoveringWitnessInput,
  nonRecoveringWitness,
} from "./solutions/nonRecoveringWitness.js";
export {
  type RankInterval,
  type SolutionDimension,
  type SolutionDimensionInput,
  solutionDimension,
} from "./solutions/solutionDimension.js";
export { type ZeroLossCheck, type ZeroLossCheckInput, zeroLossCheck } from "./solutions/zeroLossCheck.js";
export type { Verdict } from "./verdict.js";
