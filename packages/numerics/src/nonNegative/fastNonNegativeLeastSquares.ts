import { type Mat, row } from "../matrices/mat.js";
import { addScaled } from "../matrices/vector.js";
import { gramFactor } from "./gramFactor.js";

/** Options of {@link fastNonNegativeLeastSquares}. */
export interface FnnlsOptions {
  /** A variable that must stay 0; default none. */
  readonly excluded?: number;
  /** Bound on negative x and dual, relative to the largest x and |b|; default 1e-12. */
  readonly tolerance?: number;
}

/** Solution of a non-negative least-squares problem given by its normal equations. */
export interface FnnlsSolution {
  /** x >= 0, `[n]`. */
  readonly x: Float64Array;
  /** A^T b - A^T A x, `[n]`: not positive at an optimum, 0 where x > 0. */
  readonly dual: Float64Array;
  /** False where dependent columns or a cycle ended the search; then x is not optimal. */
  readonly converged: boolean;
}

/** Passes of coordinate descent that guess the passive set. */
const PASSES = 20;
/** Exchanges of whole sets that may fail to improve before single exchanges. */
const PATIENCE = 3;

/**
 * Minimises ||A x - b|| over x >= 0 from the Gram matrix A^T A and A^T b, for many right-hand sides of one A (Bro & De Jong 1997): coordinate
 * descent guesses the passive set, block principal pivoting (Portugal, Judice & Vicente 1994) corrects it, with a Cholesky factor
 * that keeps its unchanged beginning. For dependent columns use `nonNegativeLeastSquares`.
 *
 * About 50 ms at n = 1000.
 *
 * @param gram - A^T A, `[n, n]`
 * @param b - A^T b, `[n]`
 */
export function fastNonNegativeLeastSquares(
  gram: Mat,
  b: Float64Array,
  { excluded = -1, tolerance = 1e-12 }: FnnlsOptions = {},
): FnnlsSolution {
  const n = b.length;
  const largest = b.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  let { x, dual } = coordinateDescent(gram, b, excluded);
  const factor = gramFactor(gram);
  let passive = Array.from(x.keys()).filter((j) => (x[j] as number) > 0);
  passive.sort((i, j) => (x[j] as number) - (x[i] as number));
  let best = n + 1;
  let patience = PATIENCE;
  for (let step = 0; step <= 5 * n; step++) {
    if (!factor.update(passive)) return { x, dual, converged: false };
    const solution = factor.solve(b);
    const inside = new Uint8Array(n);
    x = new Float64Array(n);
    dual = Float64Array.from(b);
    let scale = 0;
    passive.forEach((j, at) => {
      const value = solution[at] as number;
      inside[j] = 1;
      x[j] = value;
      scale = Math.max(scale, Math.abs(value));
      addScaled(dual, row(gram, j), -value);
    });
    const wrong = Array.from(x.keys()).filter(
      (j) =>
        j !== excluded &&
        (inside[j] ? (x[j] as number) < -tolerance * scale : (dual[j] as number) > tolerance * largest),
    );
    if (wrong.length === 0) return { x: x.map((value) => Math.max(0, value)), dual, converged: true };
    let exchanged = wrong;
    if (wrong.length < best) {
      best = wrong.length;
      patience = PATIENCE;
    } else if (patience > 0) {
      patience--;
    } else {
      exchanged = wrong.slice(-1);
    }
    passive = exchange(passive, new Set(exchanged), inside, x);
  }
  return { x, dual, converged: false };
}

/** The passive list without those that leave and with those that enter; what changes stands at the end. */
function exchange(
  passive: readonly number[],
  exchanged: ReadonlySet<number>,
  inside: Uint8Array,
  x: Float64Array,
): number[] {
  const at = passive.findIndex((j) => exchanged.has(j));
  const first = at < 0 ? passive.length : at;
  const tail = passive.slice(first).filter((j) => !exchanged.has(j));
  tail.sort((i, j) => (x[j] as number) - (x[i] as number));
  return [...passive.slice(0, first), ...tail, ...[...exchanged].filter((j) => inside[j] === 0)];
}

/** A few passes from x = 0. */
function coordinateDescent(gram: Mat, b: Float64Array, excluded: number): Pick<FnnlsSolution, "x" | "dual"> {
  const n = b.length;
  const x = new Float64Array(n);
  const dual = Float64Array.from(b);
  for (let pass = 0; pass < PASSES; pass++) {
    for (let j = 0; j < n; j++) {
      const curvature = gram.data[j * n + j] as number;
      if (j === excluded || !(curvature > 0)) continue;
      const from = x[j] as number;
      const to = Math.max(0, from + (dual[j] as number) / curvature);
      if (to === from) continue;
      x[j] = to;
      addScaled(dual, row(gram, j), from - to);
    }
  }
  return { x, dual };
}
