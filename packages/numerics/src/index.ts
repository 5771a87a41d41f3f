/**
 * Float64 numerics on the host: matrices, decompositions, non-negative least squares, matching and linear programs.
 *
 * @module index
 */
export {
  checkMatrix,
  checkNumbers,
  checkRange,
  checkVector,
  checkWeights,
  checkWhole,
  type ExpectedShape,
} from "./checks.js";
export { type BiorthogonalRows, biorthogonalRows } from "./decompositions/biorthogonalRows.js";
export { type LeastSquares, leastSquares, pseudoInverse } from "./decompositions/leastSquares.js";
export { type Qr, qr } from "./decompositions/qr.js";
export { type Rank, rank, rankOf, rankTolerance } from "./decompositions/rank.js";
export { type Svd, singularValues, svd } from "./decompositions/svd.js";
export { type SymmetricEigen, symmetricEigen } from "./decompositions/symmetricEigen.js";
export { gaussLaguerre, type Quadrature } from "./gaussLaguerre.js";
export { type Assignment, assignment } from "./matching/assignment.js";
export { kthLargestOfMany } from "./matching/kthLargest.js";
export { type SparseScores, sparseAssignment } from "./matching/sparseAssignment.js";
export { gatherRows } from "./matrices/gatherRows.js";
export { identity } from "./matrices/identity.js";
export { columnsOf, type Mat, matFrom, row, takeRows, transpose, zeros } from "./matrices/mat.js";
export { gram, type MultiplyOptions, multiply } from "./matrices/multiply.js";
export { normaliseRows, type UnitRows, unitRows } from "./matrices/unitRows.js";
export { addScaled, dot, norm } from "./matrices/vector.js";
export {
  type FnnlsOptions,
  type FnnlsSolution,
  fastNonNegativeLeastSquares,
} from "./nonNegative/fastNonNegativeLeastSquares.js";

export { type GramFactor, gramFactor } from "./nonNegative/gramFactor.js";
export { type LeastDistance, leastDistance } from "./nonNegative/leastDistance.js";
export { type Lsi, type LsiInput, leastSquaresInequality } from "./nonNegative/leastSquaresInequality.js";
export { type NnlsOptions, type NnlsSolution, nonNegativeLeastSquares } from "./nonNegative/nonNegativeLeastSquares.js";
export {
  type HighsMatrix,
  type HighsModel,
  type HighsModule,
  type HighsOptions,
  type HighsProgram,
  type HighsSolution,
  highsSolver,
} from "./programs/highs.js";
export type { LinearProgram, LpSolution, LpSolver } from "./programs/lpSolver.js";
