/**
 * Times and counts as text for people; apart from the rest because it needs nothing else.
 *
 * @module format
 */
export { formatSeconds, formatWhole } from "./report/format.js";
