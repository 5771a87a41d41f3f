/**
 * Times, counts and shares as text for people; apart from the rest because it needs nothing else.
 *
 * @module format
 */
export { fileName, formatBytes, formatLetter, formatSeconds, formatShare, formatWhole } from "./report/format.js";
export { activeLatents, countRuns, runError, runName, unbeatenRuns, variedOptions } from "./report/sweepRuns.js";
