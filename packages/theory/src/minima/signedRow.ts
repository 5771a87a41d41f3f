import { addScaled, dot, type LeastDistance, leastDistance, type Mat, norm, row, zeros } from "@monosema/numerics";

/** An encoder row with prescribed signs, or a proof that there is none. */
export interface SignedRow {
  /** As in {@link LeastDistance}. */
  readonly status: LeastDistance["status"];
  /** Unit encoder row, `[nP]`; zeros unless solved. */
  readonly row: Float64Array;
  /** Smallest signed <row, w_p^d> / ||w_p^d||. */
  readonly margin: number;
  /** Where infeasible: u >= 0 with sum_on u_d w_p^d / ||w_p^d|| - sum_off (the same) orthogonal to the subspace, `[n]`. */
  readonly multipliers: Float64Array;
}

/**
 * The row of a subspace with <w, w_p^d> > 0 on some features and < 0 on others that clears 0 by most.
 *
 * @param basis - orthonormal rows, `[any, nP]`
 */
export function signedRow(featuresP: Mat, on: readonly number[], off: readonly number[], basis: Mat): SignedRow {
  const listed = [...on.map((d) => [d, 1] as const), ...off.map((d) => [d, -1] as const)];
  const g = zeros(listed.length, basis.rows);
  const h = new Float64Array(listed.length).fill(1);
  listed.forEach(([d, sign], at) => {
    const direction = row(featuresP, d);
    const length = norm(direction);
    if (length === 0 && sign < 0) h[at] = 0; // a zero direction is off under every row
    for (let k = 0; k < basis.rows; k++) {
      g.data[at * basis.rows + k] = (sign / (length || 1)) * dot(row(basis, k), direction);
    }
  });
  const { status, x, multipliers: found } = leastDistance(g, h);
  const multipliers = new Float64Array(featuresP.rows);
  listed.forEach(([d], at) => {
    multipliers[d] = found[at] as number;
  });
  const w = new Float64Array(featuresP.cols);
  x.forEach((value, k) => {
    addScaled(w, row(basis, k), value);
  });
  const length = norm(w);
  if (status !== "solved" || length === 0) return { status, row: w, margin: 0, multipliers };
  return { status, row: w.map((value) => value / length), margin: 1 / length, multipliers };
}

/** 0 .. count - 1 without some. */
export function complement(count: number, without: readonly number[]): number[] {
  const left = new Set(without);
  return Array.from({ length: count }, (_, d) => d).filter((d) => !left.has(d));
}
