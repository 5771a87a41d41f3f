/** A linear program: minimise <cost, x> with bounds on x and on the rows of A x. */
export interface LinearProgram {
  /** Cost of each variable, `[columns]`. */
  readonly cost: Float64Array;
  /** Lower bounds of the variables, -Infinity for none, `[columns]`. */
  readonly lower: Float64Array;
  /** Upper bounds of the variables, Infinity for none, `[columns]`. */
  readonly upper: Float64Array;
  /** Lower bounds of the rows, -Infinity for none, `[rows]`. */
  readonly rowLower: Float64Array;
  /** Upper bounds of the rows, Infinity for none, `[rows]`. */
  readonly rowUpper: Float64Array;
  /** Place in `indices` and `values` where each row starts, and the end, `[rows + 1]`. */
  readonly starts: Int32Array;
  /** Column of each entry. */
  readonly indices: Int32Array;
  /** Value of each entry. */
  readonly values: Float64Array;
}

/** Solution of a linear program. */
export interface LpSolution {
  /** False where the solver did not end at an optimum. */
  readonly optimal: boolean;
  /** x, `[columns]`. */
  readonly x: Float64Array;
  /** Change of the least cost per unit of each row's bound, `[rows]`: not negative at a lower bound, not positive at an upper one. */
  readonly rowDual: Float64Array;
  /** <cost, x>. */
  readonly objective: number;
}

/** Solves linear programs; made by {@link highsSolver}, or your own. */
export interface LpSolver {
  /** Minimises. */
  solve(program: LinearProgram): LpSolution;
}
