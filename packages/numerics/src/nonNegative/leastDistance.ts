import { type Mat, zeros } from "../matrices/mat.js";
import { nonNegativeLeastSquares } from "./nonNegativeLeastSquares.js";

/** The point of a polyhedron that is nearest to 0, or a proof that the polyhedron is empty. */
export interface LeastDistance {
  /** `undecided` where neither side is clear, or the iterations ran out. */
  readonly status: "solved" | "infeasible" | "undecided";
  /** The point, `[cols]`; zeros unless solved. */
  readonly x: Float64Array;
  /** Multipliers u >= 0 of the rows, `[rows]`: infeasible where G^T u = 0 and h^T u > 0. */
  readonly multipliers: Float64Array;
  /** Distance of (0, 1) from the cone of the rows (g, h); 0 where infeasible, 1 / sqrt(1 + ||x||^2) where solved. */
  readonly residualNorm: number;
}

/** Largest distance that counts as 0. */
const INFEASIBLE = 1e-9;
/** Smallest distance that counts as not 0. */
const FEASIBLE = 1e-7;

/**
 * Least distance programming (Lawson & Hanson 1974, ch. 23): minimises ||x|| subject to G x >= h, by non-negative least squares.
 *
 * @param g - G, `[rows, cols]`, best with rows of norm about 1
 * @param h - `[rows]`
 */
export function leastDistance(g: Mat, h: Float64Array): LeastDistance {
  const { rows, cols } = g;
  const stacked = zeros(cols + 1, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) stacked.data[j * rows + i] = g.data[i * cols + j] as number;
    stacked.data[cols * rows + i] = h[i] as number;
  }
  const target = new Float64Array(cols + 1);
  target[cols] = 1;
  const { x: multipliers, residual, residualNorm, converged } = nonNegativeLeastSquares(stacked, target);
  const x = new Float64Array(cols);
  const last = residual[cols] as number;
  if (!converged) return { status: "undecided", x, multipliers, residualNorm };
  if (residualNorm <= INFEASIBLE) return { status: "infeasible", x, multipliers, residualNorm };
  if (residualNorm <= FEASIBLE || !(last > 0)) return { status: "undecided", x, multipliers, residualNorm };
  for (let j = 0; j < cols; j++) x[j] = -(residual[j] as number) / last;
  return { status: "solved", x, multipliers, residualNorm };
}
