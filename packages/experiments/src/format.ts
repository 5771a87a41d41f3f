/**
 * Times, counts and shares as text for people; apart from the rest because it needs nothing else.
 *
 * @module format
 */
export { fileName, formatBytes, formatLetter, formatSeconds, formatShare, formatWhole } from "./report/format.js";
export { runError, runName, variedOptions } from "./report/sweepRuns.js";
