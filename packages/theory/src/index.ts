/**
 * Identifiability and solution-set numerics for sparse dictionary learning, in float64.
 *
 * @module index
 */
export { type Assignment, assignment } from "./assignment.js";
export type { Mat } from "./mat.js";
export { type NnlsOptions, type NnlsSolution, nonNegativeLeastSquares } from "./nonNegativeLeastSquares.js";
