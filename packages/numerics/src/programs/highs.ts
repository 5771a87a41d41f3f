import type { LinearProgram, LpSolution, LpSolver } from "./lpSolver.js";

/** What {@link highsSolver} uses of a model of the package `highs`. */
export interface HighsModel {
  /** Options by name. */
  readonly options: HighsOptions;
  /** Solves. */
  run(): unknown;
  /** 7 where optimal. */
  getModelStatus(): number;
  /** <cost, x>. */
  getObjectiveValue(): number;
  /** Values and duals. */
  getSolution(): HighsSolution;
}

/** Options of a model of the package `highs`. */
export interface HighsOptions {
  /** Sets options by name. */
  set(options: Readonly<Record<string, boolean | number | string>>): unknown;
}

/** A solution of the package `highs`. */
export interface HighsSolution {
  /** x. */
  readonly colValue: ArrayLike<number>;
  /** Row duals. */
  readonly rowDual: ArrayLike<number>;
}

/** What {@link highsSolver} uses of the package `highs`, loaded by its default export. */
export interface HighsModule {
  /** Runs an operation on a model and frees the model. */
  withModel<Result>(source: HighsProgram, operation: (model: HighsModel) => Result): Result;
}

/** A linear program as the package `highs` takes it. */
export interface HighsProgram {
  /** Number of variables. */
  readonly numCols: number;
  /** Number of rows. */
  readonly numRows: number;
  /** Cost of each variable. */
  readonly colCost: Float64Array;
  /** Lower bounds of the variables. */
  readonly colLower: Float64Array;
  /** Upper bounds of the variables. */
  readonly colUpper: Float64Array;
  /** Lower bounds of the rows. */
  readonly rowLower: Float64Array;
  /** Upper bounds of the rows. */
  readonly rowUpper: Float64Array;
  /** The matrix. */
  readonly matrix: HighsMatrix;
}

/** A matrix compressed by rows, as the package `highs` takes it. */
export interface HighsMatrix {
  /** Compressed by rows. */
  readonly format: "csr";
  /** Number of rows. */
  readonly numRows: number;
  /** Number of columns. */
  readonly numCols: number;
  /** Place where each row starts, and the end. */
  readonly starts: Int32Array;
  /** Column of each entry. */
  readonly indices: Int32Array;
  /** Value of each entry. */
  readonly values: Float64Array;
}

/** Model status "optimal". */
const OPTIMAL = 7;

/**
 * Linear programs by HiGHS (Huangfu & Hall 2018) in WebAssembly, to feasibility tolerances of 1e-9. The module is loaded by you, once;
 * solving is synchronous.
 *
 * @param highs - `await loadHighs()` of the package `highs`
 */
export function highsSolver(highs: HighsModule): LpSolver {
  return {
    solve: (program) =>
      highs.withModel(toHighs(program), (model): LpSolution => {
        model.options.set({
          output_flag: false,
          primal_feasibility_tolerance: 1e-9,
          dual_feasibility_tolerance: 1e-9,
        });
        model.run();
        const { colValue, rowDual } = model.getSolution();
        return {
          optimal: model.getModelStatus() === OPTIMAL,
          x: Float64Array.from(colValue),
          rowDual: Float64Array.from(rowDual),
          objective: model.getObjectiveValue(),
        };
      }),
  };
}

function toHighs(program: LinearProgram): HighsProgram {
  const { cost, lower, upper, rowLower, rowUpper, starts, indices, values } = program;
  const [numRows, numCols] = [rowLower.length, cost.length];
  return {
    ...{ numCols, numRows, colCost: cost, colLower: lower, colUpper: upper, rowLower, rowUpper },
    matrix: { format: "csr", numRows, numCols, starts, indices, values },
  };
}
