import { type LinearProgram, type LpSolver, leastDistance, type Mat, norm, row, zeros } from "@monosema/numerics";
import type { Multiplier } from "../recheck/farkas.js";

/** The constraints on one encoder row: above its level on some features, not above it on the others. */
export interface RowProblem {
  /** Features, `[n, nP]`; unit rows (or 0) where the level is 0. */
  readonly features: Mat;
  /** The latent, for its multipliers. */
  readonly latent: number;
  /** Whether each feature must switch it on, `[n]`. */
  readonly on: readonly boolean[];
  /** theta minus bias. */
  readonly level: number;
  /** Refuse the level itself where it must be off. */
  readonly strict: boolean;
}

/** What a solver found: a row, or multipliers that speak against one. Both are claims, to be checked. */
export interface RowAnswer {
  /** Largest gap of a row of bounded size; 0 where there is none. */
  readonly margin: number;
  /** The row, `[nP]`, where the margin is positive. */
  readonly row: Float64Array;
  /** Multipliers of the features that must be on. */
  readonly lambda: readonly Multiplier[];
  /** Multipliers of the others. */
  readonly mu: readonly Multiplier[];
  /** False where the solver gave up. */
  readonly solved: boolean;
}

/** Gaps above a level that is not 0, relative to it, that are tried in turn. */
export const GAPS: readonly number[] = [1, 1e-3, 1e-6];

/** By least distance: the shortest row with a gap of 1 (relative to the level where that is not 0). */
export function rowByLeastDistance(problem: RowProblem): RowAnswer {
  const { features, on, level, strict } = problem;
  const side = Math.sign(level);
  const g = zeros(features.rows, features.cols);
  const lengths = Float64Array.from({ length: g.rows }, (_, d) => norm(row(features, d)) || 1);
  on.forEach((isOn, d) => {
    const factor = (isOn ? 1 : -1) / (lengths[d] as number);
    row(g, d).set(row(features, d).map((value) => factor * value));
  });
  let answer: RowAnswer | undefined;
  for (const gap of level === 0 ? [1] : GAPS) {
    const h = Float64Array.from(on, (isOn, d) => {
      const bound = isOn ? side + gap : (strict ? gap : 0) - side;
      return bound / (lengths[d] as number);
    });
    const { status, x, multipliers } = leastDistance(g, h);
    const length = norm(x);
    answer = {
      margin: status === "solved" ? (length === 0 ? 1 : gap / length) : 0,
      row: level === 0 ? x : x.map((value) => Math.abs(level) * value),
      ...split(
        problem,
        multipliers.map((value, d) => value / (lengths[d] as number)),
      ),
      solved: status !== "undecided",
    };
    if (status === "solved") break;
  }
  return answer as RowAnswer;
}

/** By a linear program: the largest gap of a row with entries in [-1, 1], or of any row, up to 1, where the level is not 0. */
export function rowByProgram(problem: RowProblem, lp: LpSolver): RowAnswer {
  const { features, on, level, strict } = problem;
  const { rows: n, cols: nP } = features;
  const side = Math.sign(level);
  const bound = level === 0 ? 1 : Number.POSITIVE_INFINITY;
  const capped = level !== 0 || !on.includes(true);
  const width = nP + 1; // the row, then the gap
  const values = new Float64Array(n * width);
  on.forEach((isOn, d) => {
    values.set(row(features, d), d * width);
    values[d * width + nP] = isOn ? -1 : strict ? 1 : 0;
  });
  const program: LinearProgram = {
    cost: fill(width, (k) => (k === nP ? -1 : 0)),
    lower: fill(width, (k) => (k === nP ? Number.NEGATIVE_INFINITY : -bound)),
    upper: fill(width, (k) => (k < nP ? bound : capped ? 1 : Number.POSITIVE_INFINITY)),
    rowLower: fill(n, (d) => (on[d] ? side : Number.NEGATIVE_INFINITY)),
    rowUpper: fill(n, (d) => (on[d] ? Number.POSITIVE_INFINITY : side)),
    starts: Int32Array.from({ length: n + 1 }, (_, d) => d * width),
    indices: Int32Array.from({ length: n * width }, (_, at) => at % width),
    values,
  };
  const { optimal, x, rowDual } = lp.solve(program);
  const found = x.slice(0, nP);
  return {
    margin: optimal ? (x[nP] as number) : 0,
    row: level === 0 ? found : found.map((value) => Math.abs(level) * value),
    ...split(
      problem,
      Float64Array.from(rowDual, (value, d) => Math.max(0, on[d] ? value : -value)),
    ),
    solved: optimal,
  };
}

function fill(length: number, value: (at: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, at) => value(at));
}

/** Multipliers by side, scaled to a total weight of 1. */
function split({ features, on, latent, strict }: RowProblem, values: Float64Array): Pick<RowAnswer, "lambda" | "mu"> {
  let total = 0;
  on.forEach((isOn, d) => {
    if (isOn || strict) total += (values[d] as number) * (norm(row(features, d)) || 1);
  });
  const list = Array.from(values, (value, feature): Multiplier => ({ latent, feature, value: value / (total || 1) }));
  const used = list.filter(({ value }) => value > 0);
  return { lambda: used.filter(({ feature }) => on[feature]), mu: used.filter(({ feature }) => !on[feature]) };
}
