import { checkMat, checkNumbers } from "../checks.js";
import { columnsOf, type Mat } from "../matrices/mat.js";
import { addScaled, dot, norm } from "../matrices/vector.js";
import { passiveFactor } from "./passiveFactor.js";

/** Options of {@link nonNegativeLeastSquares}. */
export interface NnlsOptions {
  /** Bound on the dual w_j / (||a_j|| ||b||) of an optimum; default 1e-12. */
  readonly tolerance?: number;
  /** Most least-squares solutions; default 100 times the columns. */
  readonly maxIterations?: number;
}

/** Solution of a non-negative least-squares problem with its certificate. */
export interface NnlsSolution {
  /** x >= 0, `[cols]`. */
  readonly x: Float64Array;
  /** b - A x, `[rows]`. */
  readonly residual: Float64Array;
  /** ||b - A x||. */
  readonly residualNorm: number;
  /** A^T (b - A x), `[cols]`: not positive at an optimum, 0 where x > 0 (Karush-Kuhn-Tucker). */
  readonly dual: Float64Array;
  /** Largest violation of those conditions, relative to ||a_j|| ||b||: the certificate. */
  readonly kktViolation: number;
  /** Least-squares solutions computed. */
  readonly iterations: number;
  /** False where `maxIterations` ended the search; then x is feasible but not optimal. */
  readonly converged: boolean;
}

/**
 * Minimises ||A x - b|| over x >= 0 by the active-set method of Lawson & Hanson (1974), with a QR factorisation of the passive
 * columns that is updated, not recomputed. Columns that depend on the passive ones never enter.
 *
 * Cost O(rows cols) for each column that enters.
 *
 * @param matrix - A, `[rows, cols]`
 * @param target - b, `[rows]`
 * @throws RangeError where sizes do not fit or a number is not finite
 */
export function nonNegativeLeastSquares(matrix: Mat, target: Float64Array, options: NnlsOptions = {}): NnlsSolution {
  const { rows, cols } = matrix;
  const { tolerance = 1e-12, maxIterations = 100 * cols } = options;
  checkMat("nonNegativeLeastSquares", "matrix", matrix);
  checkNumbers("nonNegativeLeastSquares", "matrix", matrix.data);
  checkNumbers("nonNegativeLeastSquares", "target", target);
  if (target.length !== rows) {
    throw new RangeError(
      `nonNegativeLeastSquares: target must have ${rows} entries, got ${target.length}; fit the matrix`,
    );
  }
  const columns = columnsOf(matrix);
  const scale = Float64Array.from(columns, (column) => norm(column) * norm(target));
  const x = new Float64Array(cols);
  const factor = passiveFactor(columns, target);
  const refused = new Uint8Array(cols);
  let residual: Float64Array = target;
  let dual = correlations(columns, residual);
  let iterations = 0;

  for (;;) {
    const entering = largestDual(dual, scale, factor.columns, refused, tolerance);
    if (entering < 0 || iterations >= maxIterations) break;
    if (!factor.append(entering)) {
      refused[entering] = 1;
      continue;
    }
    let solution = factor.solve();
    iterations++;
    if (!((solution.at(-1) as number) > 0)) {
      factor.remove(factor.columns.length - 1);
      refused[entering] = 1;
      continue;
    }
    while (solution.some((value) => value <= 0) && iterations < maxIterations) {
      stepToBoundary(x, factor.columns, solution);
      for (let at = factor.columns.length - 1; at >= 0; at--) {
        if (x[factor.columns[at] as number] === 0) factor.remove(at);
      }
      solution = factor.solve();
      iterations++;
    }
    x.fill(0);
    factor.columns.forEach((column, at) => {
      x[column] = Math.max(0, solution[at] as number);
    });
    refused.fill(0);
    residual = residualOf(columns, x, target);
    dual = correlations(columns, residual);
  }
  const converged = largestDual(dual, scale, factor.columns, refused, tolerance) < 0;
  const kktViolation = largestViolation(dual, x, scale);
  return { x, residual, residualNorm: norm(residual), dual, kktViolation, iterations, converged };
}

/** The column outside the passive set with the largest relative dual above the tolerance; -1 if there is none. */
function largestDual(
  dual: Float64Array,
  scale: Float64Array,
  passive: readonly number[],
  refused: Uint8Array,
  tolerance: number,
): number {
  const inside = new Set(passive);
  let best = -1;
  let bestValue = tolerance;
  for (let j = 0; j < dual.length; j++) {
    const value = (dual[j] as number) / (scale[j] as number);
    if (value > bestValue && refused[j] === 0 && !inside.has(j)) {
      best = j;
      bestValue = value;
    }
  }
  return best;
}

/** Moves x towards the solution until the first passive entry is 0, and sets that entry to exactly 0. */
function stepToBoundary(x: Float64Array, passive: readonly number[], solution: Float64Array): void {
  let step = 1;
  let leaving = -1;
  passive.forEach((column, at) => {
    const from = x[column] as number;
    const to = solution[at] as number;
    if (to <= 0 && from / (from - to) < step) {
      step = from / (from - to);
      leaving = column;
    }
  });
  passive.forEach((column, at) => {
    const from = x[column] as number;
    x[column] = Math.max(0, from + step * ((solution[at] as number) - from));
  });
  if (leaving >= 0) x[leaving] = 0;
}

function largestViolation(dual: Float64Array, x: Float64Array, scale: Float64Array): number {
  let worst = 0;
  for (let j = 0; j < dual.length; j++) {
    if (scale[j] === 0) continue;
    const value = (dual[j] as number) / (scale[j] as number);
    worst = Math.max(worst, (x[j] as number) > 0 ? Math.abs(value) : value);
  }
  return worst;
}

function residualOf(columns: readonly Float64Array[], x: Float64Array, target: Float64Array): Float64Array {
  const residual = Float64Array.from(target);
  columns.forEach((column, j) => {
    if (x[j] !== 0) addScaled(residual, column, -(x[j] as number));
  });
  return residual;
}

/** A^T r. */
function correlations(columns: readonly Float64Array[], residual: Float64Array): Float64Array {
  return Float64Array.from(columns, (column) => dot(column, residual));
}
