/**
 * Sparse dictionary learning: one objective for sparse autoencoders, transcoders and crosscoders, trained with explicit gradients.
 *
 * @module index
 */
export type { AbsTopKActivation } from "./activations/absTopK.js";
export type { BatchTopKActivation } from "./activations/batchTopK.js";
export { activationDefaults, activationNames } from "./activations/defaults.js";
export type { GatedActivation } from "./activations/gated.js";
export type { GroupMaxActivation } from "./activations/groupMax.js";
export type { JumpReluActivation } from "./activations/jumpRelu.js";
export type {
  ActivationDefaults,
  BackendSelection,
  CodeSearch,
  InferenceRule,
  InferenceSelection,
  InferenceThreshold,
  InferenceValues,
  LargestMagnitudes,
  Pursuit,
} from "./activations/kind.js";
export type { MatchingPursuitActivation } from "./activations/matchingPursuit.js";
export type { ReluActivation } from "./activations/relu.js";
export type { Activation } from "./activations/table.js";
export type { TopKActivation } from "./activations/topK.js";
export { type ArrayName, arrayNames, type LatentVector } from "./arrays.js";
export type { Batch, BatchSource } from "./batch.js";
export { withBatchRule } from "./batchRule.js";
export {
  type BatchThreshold,
  batchThreshold,
  smallestThreshold,
  type ThresholdFacts,
} from "./checkpoint/batchThreshold.js";
export type { Checkpoint, CheckpointOrigin, Orientation, TensorDescription } from "./checkpoint/checkpoint.js";
export { foldDecoderNorms } from "./checkpoint/foldDecoderNorms.js";
export type { CheckpointFiles, CheckpointFormat, ReadOptions, WrittenCheckpoint } from "./checkpoint/format.js";
export { type FromSaelensOptions, fromSaelens } from "./checkpoint/fromSaelens.js";
export { checkpointFormats, type ReadCheckpointOptions, readCheckpoint } from "./checkpoint/readCheckpoint.js";
export { leftTensors, type StoredMatrix, type TensorTaker, tensorTaker, transpose } from "./checkpoint/tensors.js";
export { type SaelensFiles, saelensConfig, toSaelens } from "./checkpoint/toSaelens.js";
export { weightWarnings } from "./checkpoint/weightWarnings.js";
export { checksum } from "./checksum.js";
export { type CodesShape, codesStart } from "./codes/codesStart.js";
export { codesWithout } from "./codes/codesWithout.js";
export { joinedCodes } from "./codes/joinedCodes.js";
export { openCodes, type StoredCodes } from "./codes/openCodes.js";
export { columnMeans, lessMean } from "./columnMeans.js";
export { evaluateModel } from "./evaluateModel.js";
export {
  type EvaluateOptions,
  type EvaluateSums,
  evaluateSums,
  finishEvaluate,
  mergeEvaluateSums,
} from "./evaluateSums.js";
export { type ExtremeRows, extremeRows, rowNorms, withoutRows } from "./extremeRows.js";
export { fractionUnexplained } from "./fractionUnexplained.js";
export { inferenceRule } from "./inferenceRule.js";
export { type ScaledSamples, scaleSamples } from "./inputScaling.js";
export { type LatentNames, latentNames, parseLatentNames, withLatentNames } from "./latentNames.js";
export { type LoadedModel, type ModelOutput, openModel } from "./loadedModel.js";
export { meanToSpread } from "./meanToSpread.js";
export type { LatentVectors, Model, Weights } from "./model.js";
export type { ModelMetrics } from "./modelMetrics.js";
export { type Evaluated, objective, type StepInput } from "./objective.js";
export {
  disposeParameters,
  openParameters,
  type Parameters,
  parameterNames,
  parameterShapes,
  readParameters,
  weightsOf,
} from "./parameters.js";
export { type RowBatchesOptions, rowBatches, sequentialBatches } from "./rowBatches.js";
export { arrayRows, inMemory, type Rows } from "./rows.js";
export { type SharedSource, sharedBatches } from "./sharedBatches.js";
export type * from "./spec.js";
export { specWarnings } from "./specWarnings.js";
export { type SplitRows, splitRows } from "./splitRows.js";
export type { TargetSums } from "./targetSums.js";
export type { AuxKTerm } from "./terms/auxK.js";
export type { L0Term } from "./terms/l0.js";
export type { L1Term } from "./terms/l1.js";
export type { MultiKTerm, PrefixTerm } from "./terms/matryoshka.js";
export type { Terms } from "./terms/table.js";
export type { Contribution, RowPart, Term, TermContext, TermRowSource } from "./terms/term.js";
export { termsOf } from "./terms/termsOf.js";
export { DivergenceError } from "./training/divergence.js";
export { geometricMedian, type Initialisation, initialWeights } from "./training/initialise.js";
export {
  foldScale,
  foldShift,
  type Normalisation,
  type NormStatistics,
  normalisation,
  normStatistics,
  scaleFactor,
} from "./training/normalisation.js";
export type { AdamOptions, Checkpointing, DataScale, ExtraTerm, TrainOptions } from "./training/options.js";
export type { TrainReport } from "./training/report.js";
export type { Resampling } from "./training/resample.js";
export { type KAnneal, type Schedule, type Scheduled, scheduled } from "./training/schedule.js";
export { type Fitted, fit, train } from "./training/train.js";
export type { TrainingState } from "./trainingState.js";
export { transcodes } from "./transcodes.js";
export { validateSpec } from "./validateSpec.js";
export {
  type CrosscoderOptions,
  type CrosslayerOptions,
  crosscoder,
  crosslayer,
  type SaeOptions,
  sae,
  type TranscoderOptions,
  transcoder,
  type VariantOptions,
} from "./variants.js";
