/**
 * Reports as self-contained HTML files; apart from the rest because the plotting library takes a while to load.
 *
 * @module report
 */
export { type AuditDocument, auditReport } from "./report/auditReport.js";
export { benchReport } from "./report/benchReport.js";
export { type CompareDocument, compareReport } from "./report/compareReport.js";
export type { RunCounts, SweepDocument, SweepRun } from "./report/sweepDocument.js";
export { sweepReport } from "./report/sweepReport.js";
export type { Baselines, HeldOutMetrics, TrainDocument, TrainMetrics } from "./report/trainDocument.js";
export { trainReport } from "./report/trainReport.js";
export { tableReport } from "./tables/tableReport.js";
