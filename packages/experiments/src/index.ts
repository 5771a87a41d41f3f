/**
 * Runnable experiments of sparse dictionary learning, their result records and reports.
 *
 * @module index
 */
export { checkSettings, SettingsError } from "./bench/checkSettings.js";
export { type Method, methods } from "./bench/methods.js";
export { type AnchorKind, anchorKinds, type Preset, type PresetData } from "./bench/preset.js";
export { presets } from "./bench/presets.js";
export type { Recipe } from "./bench/recipe.js";
export {
  type AnchorScore,
  dictionaryRecovery,
  evaluateRecovery,
  type RecoveryMetrics,
  scoreAnchors,
} from "./bench/recovery.js";
export {
  type BenchResult,
  type BenchSaver,
  type BenchTask,
  benchTasks,
  type DoRow,
  type RunBenchOptions,
  runBench,
} from "./bench/runBench.js";
export type { OpenBatches, OpensBatches, SampleStore } from "./bench/sampleStore.js";
export type { DataOf, SeedData, ViewData } from "./bench/seedData.js";
export { configured, type Settings } from "./bench/settings.js";
export type { TrainingPlace, TrainingSoFar } from "./bench/trainOn.js";
export type * from "./records.js";
export { benchConclusion } from "./report/conclusion.js";
export { type BenchTableOptions, benchTable } from "./report/table.js";
export { type CoreDocument, type CoreFacts, coreDocument } from "./saebench/coreDocument.js";
export {
  type CoreBatch,
  type CoreQuantity,
  type CoreSums,
  coreSums,
  mergeCoreSums,
  type PromptSums,
} from "./saebench/coreSums.js";
export { type LatentGeometry, latentGeometry } from "./saebench/latentGeometry.js";
export { type Spread, type StepBenchOptions, type StepShape, type StepTiming, stepBench } from "./step/stepBench.js";
export { type FinishedRow, readFinishedRows, recipeKey, writeFinishedRows } from "./tables/finishedRow.js";
export type { LabelledData, LabelledSamples } from "./tables/labelledData.js";
export { type RunTableOptions, runTable } from "./tables/runTable.js";
export {
  type RowContext,
  type RowResult,
  type Scale,
  type Scores,
  type Series,
  scales,
  type Table,
  type TableColumn,
  type TableRow,
} from "./tables/table.js";
export { type TableContent, type TableDocument, type TableEntry, tableContent } from "./tables/tableDocument.js";
export { tables } from "./tables/tables.js";
export { type TableTextOptions, tableText } from "./tables/tableText.js";
