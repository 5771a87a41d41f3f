import type { Calibration } from "../trust/calibration.js";

const none = { model: { intercept: 0, statistics: {}, context: {} }, reliability: [], error: 0, auc: 0 };

/** The calibration that comes with this version; written by `npm run calibrate`. */
export const calibration: Calibration = {
  made: { settings: 0, latents: 0, seed: 0 },
  real: { alone: none, replicated: none },
  atomic: { alone: none, replicated: none },
  ranges: {},
};
