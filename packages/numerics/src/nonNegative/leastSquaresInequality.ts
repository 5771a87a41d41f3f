import { qr } from "../decompositions/qr.js";
import { type Mat, row, zeros } from "../matrices/mat.js";
import { addScaled, dot, norm } from "../matrices/vector.js";
import { type LeastDistance, leastDistance } from "./leastDistance.js";

/** Input of {@link leastSquaresInequality}. */
export interface LsiInput {
  /** E, `[rows, cols]`. */
  readonly e: Mat;
  /** f, `[rows]`. */
  readonly f: Float64Array;
  /** G, `[constraints, cols]`. */
  readonly g: Mat;
  /** h, `[constraints]`. */
  readonly h: Float64Array;
  /** Weight of ||x|| beside ||E x - f||, relative to the Frobenius norm of E; default 1e-7. */
  readonly ridge?: number;
}

/** Solution of a least-squares problem with inequality constraints. */
export interface Lsi {
  /** As in {@link LeastDistance}; `undecided` also where rounding lets x violate a constraint. */
  readonly status: LeastDistance["status"];
  /** x, `[cols]`; zeros unless solved. */
  readonly x: Float64Array;
  /** ||E x - f||. */
  readonly residualNorm: number;
  /** Multipliers of the constraints, not negative, up to a positive scale, `[constraints]`. */
  readonly multipliers: Float64Array;
}

/**
 * Minimises ||E x - f||^2 + (ridge ||E||)^2 ||x||^2 subject to G x >= h: reduced to a least-distance problem by the QR factors of E
 * (Lawson & Hanson 1974, ch. 23). Leave out variables whose column of E is 0: the ridge would decide them.
 */
export function leastSquaresInequality({ e, f, g, h, ridge = 1e-7 }: LsiInput): Lsi {
  const weight = ridge * norm(e.data) || 1;
  const stacked = zeros(e.rows + e.cols, e.cols);
  stacked.data.set(e.data);
  for (let j = 0; j < e.cols; j++) stacked.data[(e.rows + j) * e.cols + j] = weight;
  const target = zeros(stacked.rows, 1);
  target.data.set(f);
  const { r, projected } = qr(stacked, target); // minimise ||R x - c||
  const constraints = zeros(g.rows, g.cols);
  const bounds = new Float64Array(g.rows);
  for (let i = 0; i < g.rows; i++) {
    const y = solveTransposed(r, row(g, i)); // R^T y = g: <g, x> = <y, R x>
    const length = norm(y) || 1;
    bounds[i] = ((h[i] as number) - dot(y, projected.data)) / length;
    constraints.data.set(
      y.map((value) => value / length),
      i * g.cols,
    );
  }
  const found = leastDistance(constraints, bounds);
  const free = solveUpper(r, projected.data);
  const x = solveUpper(
    r,
    found.x.map((value, k) => value + (projected.data[k] as number)),
  );
  const size = norm(x) + norm(free);
  const kept = Array.from(h, (bound, i) => {
    const slack = dot(row(g, i), x) - bound;
    return slack >= -FEASIBLE * (norm(row(g, i)) * size + Math.abs(bound));
  });
  const status = found.status === "solved" && kept.includes(false) ? "undecided" : found.status;
  if (status !== "solved") x.fill(0);
  const residual = f.map((value, i) => value - dot(row(e, i), x));
  return { status, x, residualNorm: norm(residual), multipliers: found.multipliers };
}

/** Largest violation of a constraint, relative to the sizes of its row, of x and of the unconstrained optimum. */
const FEASIBLE = 1e-7;

/** Solves R x = b. */
function solveUpper(r: Mat, b: Float64Array): Float64Array {
  const n = r.cols;
  const x = Float64Array.from(b);
  for (let i = n - 1; i >= 0; i--) {
    let value = x[i] as number;
    for (let j = i + 1; j < n; j++) value -= (r.data[i * n + j] as number) * (x[j] as number);
    x[i] = value / (r.data[i * n + i] as number);
  }
  return x;
}

/** Solves R^T y = b. */
function solveTransposed(r: Mat, b: Float64Array): Float64Array {
  const n = r.cols;
  const y = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    const value = (y[i] as number) / (r.data[i * n + i] as number);
    y[i] = value;
    addScaled(y.subarray(i + 1), r.data.subarray(i * n + i + 1, (i + 1) * n), -value);
  }
  return y;
}
