/**
 * What can be said about a trained dictionary, with its evidence, and what cannot.
 *
 * @module index
 */
export {
  type AbsorptionReport,
  type AbsorptionReportInput,
  absorptionReport,
  type ChildAbsorption,
} from "./absorptionReport.js";
export { auditDictionary, type DictionaryAudit } from "./auditDictionary.js";
export type { AuditInput } from "./auditInput.js";
export { auditModel, type ModelAudit, type ModelAuditOptions } from "./auditModel.js";
export {
  type AuditRecord,
  auditRecord,
  type CertificateRecord,
  type FindingRecord,
  type RecordedAudit,
  type TrustRecord,
  type VerdictRecord,
} from "./auditRecord.js";
export { certificateFile, readCertificateFile } from "./certificateFile.js";
export { type CodeAgreement, codeAgreement } from "./codeAgreement.js";
export type { ChanceLevel } from "./compare/chanceLevel.js";
export {
  type CompareOptions,
  compareDictionaries,
  type DictionaryComparison,
  type DictionaryPair,
} from "./compare/compareDictionaries.js";
export {
  type ComparedDictionary,
  type ComparedLatent,
  type ComparedMatch,
  type ComparisonRecord,
  type ComparisonSummary,
  comparisonRecord,
  type PairRecord,
} from "./compare/comparisonRecord.js";
export type { LatentSum } from "./compare/latentSums.js";
export type { PairedCodes } from "./compare/matchedCodes.js";
export type { RowMatches } from "./compare/rowMatches.js";
export { type AuditFinding, type EvidenceValue, type FindingKind, findingKinds, findingMeanings } from "./finding.js";
export { calibration } from "./generated/calibration.js";
export {
  type CodeDetermination,
  type CodeDeterminationOptions,
  codeDetermination,
  type Spread,
} from "./inference/codeDetermination.js";
export type { CodeDistance } from "./inference/codeDistance.js";
export {
  type CodeQuality,
  type CodeQualityOptions,
  codeQuality,
  type InferenceFvu,
  type NnlsJaccard,
} from "./inference/codeQuality.js";
export type { InferenceAudit } from "./inference/inferenceAudit.js";
export type { InferredCodes } from "./inference/inferredCodes.js";
export { nonNegativeCodes } from "./inference/nonNegativeCodes.js";
export { type Inference, type InferenceMethod, inferenceMethods, openInference } from "./inference/openInference.js";
export { orthogonalMatchingPursuit } from "./inference/orthogonalMatchingPursuit.js";
export { type LatentGrade, latentGrades } from "./latents/latentGrade.js";
export { type LatentGroup, latentGroups } from "./latents/latentGroups.js";
export { type LatentRecord, latentRecords } from "./latents/latentRecord.js";
export { type AuditLimits, defaultLimits } from "./limits.js";
export { type PcaBaseline, pcaBaseline } from "./pcaBaseline.js";
export { type PrincipalComponents, principalComponents } from "./principalComponents.js";
export type { AuditRegulariser } from "./setupVerdict.js";
export type { AuditFeatures } from "./subject/auditFeatures.js";
export type { LatentPair } from "./subject/decoderPairs.js";
export type { Dictionary } from "./subject/foldDictionary.js";
export type { AuditBatch } from "./subject/sampleBatch.js";
export type { AuditGrade } from "./summary/auditGrade.js";
export { type AuditQuality, auditQuality } from "./summary/auditQuality.js";
export { type AuditSummary, auditSummary } from "./summary/auditSummary.js";
export { auditThresholds } from "./summary/thresholds.js";
export type { AuditNames } from "./summary/trainCommand.js";
export { contributions, type Named, probability, valueAt } from "./trust/additive.js";
export {
  type AdditiveModel,
  type CalibratedKind,
  type CalibratedPair,
  type CalibratedScore,
  type Calibration,
  type PiecewiseLinear,
  type ReliabilityBin,
  scoreFor,
} from "./trust/calibration.js";
export { type LatentTrust, latentTrust } from "./trust/latentTrust.js";
export type { LatentView } from "./trust/latentView.js";
export { type LeastAndMean, type Replication, replicationOf, replicationStatistics } from "./trust/replication.js";
export { type ScoreOptions, scoreLatents } from "./trust/scoreLatents.js";
export type { LatentStatistic, StatisticWords } from "./trust/statistic.js";
export { latentStatistics } from "./trust/statistics.js";
export { type ScoreCounts, type SurrogateRecord, surrogateRecord } from "./trust/surrogateRecord.js";
export { type SurrogateTwin, surrogateTwin, type TwinOptions, type TwinSamples } from "./trust/surrogateTwin.js";
export {
  type EncoderFit,
  type Firings,
  type SampleEnergy,
  type TrustInput,
  type TrustSample,
  trustSample,
} from "./trust/trustSample.js";
