/**
 * The calibration of the scores of latents: settings with known truth, statistics of their dictionaries, and the fit.
 *
 * @module calibration
 */
export { type CalibrationTableRow, calibrationTable } from "./calibration/calibrationTable.js";
export { checkSettings } from "./calibration/checkSettings.js";
export { fitScores, type ScoreKind, scores } from "./calibration/fitScores.js";
export { type LabelledLatents, labelledLatents } from "./calibration/labelledLatents.js";
export {
  type CalibrationMethod,
  type CalibrationSetting,
  type Control,
  calibrationMethods,
  controls,
  drawSetting,
} from "./calibration/setting.js";
