/**
 * Reports as self-contained HTML files; apart from the rest because the plotting library takes a while to load.
 *
 * @module report
 */
export { benchReport } from "./report/benchReport.js";
export { type TrainDocument, type TrainMetrics, trainReport } from "./report/trainReport.js";
