import { addScaled, type LpSolver, leastDistance, type Mat, norm, row, zeros } from "@monosema/numerics";
import type { Multiplier } from "../recheck/farkas.js";
import type { TopKSigma } from "../sigma.js";
import type { LatentSets } from "./maskOfPattern.js";
import { GAPS } from "./rowProblem.js";

/** A pattern under a top-k kind: all latents compete for each feature, or for the batch. */
export interface SelectionProblem {
  /** Features, `[n, nP]`. */
  readonly features: Mat;
  /** Features that switch on each latent. */
  readonly pattern: LatentSets;
  /** Activation. */
  readonly sigma: TopKSigma;
  /** Whether the activation has a bias other than 0, which fixes the scale of the encoder. */
  readonly biased: boolean;
}

/** What a solver found: an encoder, or multipliers that speak against one. Both are claims, to be checked. */
export interface SelectionAnswer {
  /** Largest gap between selected values and cuts; 0 where there is none. */
  readonly margin: number;
  /** Encoder, `[nQ, nP]`. */
  readonly encoder: Mat;
  /** Multipliers of the selected entries. */
  readonly lambda: readonly Multiplier[];
  /** Multipliers of the others. */
  readonly mu: readonly Multiplier[];
  /** False where the solver gave up. */
  readonly solved: boolean;
}

/** Most numbers of a dense system. */
const MOST = 2 ** 26;

/** By least distance over the encoder and the cuts. */
export function selectionByLeastDistance(problem: SelectionProblem): SelectionAnswer {
  const { features, pattern, biased } = problem;
  const { cells, cuts, positive, width } = systemOf(problem);
  const rows = cells.length + (positive ? cuts : 0);
  if (rows * width > MOST) {
    throw new RangeError(
      `realizePattern: the dense system of method "nnls" must have at most ${MOST} numbers, got ${rows} x ${width}; use method "lp"`,
    );
  }
  const g = zeros(rows, width);
  cells.forEach(({ latent, feature, on, cut }, at) => {
    const sign = on ? 1 : -1;
    addScaled(row(g, at).subarray(latent * features.cols, (latent + 1) * features.cols), row(features, feature), sign);
    if (cut >= 0) g.data[at * width + width - cuts + cut] = -sign;
  });
  if (positive) for (let cut = 0; cut < cuts; cut++) g.data[(cells.length + cut) * width + width - cuts + cut] = 1;
  let answer: SelectionAnswer | undefined;
  for (const gap of biased ? GAPS : [1]) {
    const h = new Float64Array(rows);
    cells.forEach(({ on, bias }, at) => {
      h[at] = on ? gap - bias : bias;
    });
    const { status, x, multipliers } = leastDistance(g, h);
    const length = norm(x);
    answer = {
      margin: status === "solved" ? (length === 0 ? 1 : Math.min(1, gap / length)) : 0,
      encoder: { rows: pattern.length, cols: features.cols, data: x.slice(0, width - cuts) },
      ...split(problem, cells, multipliers),
      solved: status !== "undecided",
    };
    if (status === "solved") break;
  }
  return answer as SelectionAnswer;
}

/** By a linear program: the largest gap, up to 1, with entries of the encoder in [-1, 1] (unbounded where there is a bias). */
export function selectionByProgram(problem: SelectionProblem, lp: LpSolver): SelectionAnswer {
  const { features, pattern, biased } = problem;
  const { cells, cuts, positive, width } = systemOf(problem);
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const { latent, feature, on, cut } of cells) {
    row(features, feature).forEach((value, k) => {
      indices.push(latent * features.cols + k);
      values.push(value);
    });
    if (cut >= 0) {
      indices.push(width - cuts + cut);
      values.push(-1);
    }
    if (on) {
      indices.push(width);
      values.push(-1);
    }
    starts.push(indices.length);
  }
  const bound = biased ? Number.POSITIVE_INFINITY : 1;
  const entries = width - cuts;
  const each = (value: (at: number) => number): Float64Array =>
    Float64Array.from({ length: width + 1 }, (_, at) => value(at));
  const { optimal, x, rowDual } = lp.solve({
    cost: each((at) => (at === width ? -1 : 0)),
    lower: each((at) => (at < entries ? -bound : at < width && positive ? 0 : Number.NEGATIVE_INFINITY)),
    upper: each((at) => (at < entries ? bound : at < width ? Number.POSITIVE_INFINITY : 1)),
    rowLower: Float64Array.from(cells, ({ on, bias }) => (on ? -bias : Number.NEGATIVE_INFINITY)),
    rowUpper: Float64Array.from(cells, ({ on, bias }) => (on ? Number.POSITIVE_INFINITY : -bias)),
    starts: Int32Array.from(starts),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  });
  return {
    margin: optimal ? (x[width] as number) : 0,
    encoder: { rows: pattern.length, cols: features.cols, data: x.slice(0, entries) },
    ...split(
      problem,
      cells,
      Float64Array.from(rowDual, (value, at) => Math.max(0, cells[at]?.on ? value : -value)),
    ),
    solved: optimal,
  };
}

/** One latent on one feature. */
interface Cell {
  readonly latent: number;
  readonly feature: number;
  readonly on: boolean;
  readonly bias: number;
  /** Index of its cut, -1 where the cut is 0. */
  readonly cut: number;
}

/** The cells, number of cuts that are variables, their sign, and number of variables (encoder and cuts). */
interface System {
  readonly cells: readonly Cell[];
  readonly cuts: number;
  readonly positive: boolean;
  readonly width: number;
}

/** A cut is free where the selection is used up (and of any sign for pure TopK), else 0. */
function systemOf({ features, pattern, sigma }: SelectionProblem): System {
  const sets = pattern.map((set) => new Set(set));
  const n = features.rows;
  const counts = Array.from({ length: n }, (_, d) => sets.filter((set) => set.has(d)).length);
  const batch = sigma.kind === "batchtopk-relu";
  const used = counts.reduce((sum, count) => sum + count, 0);
  let cuts = batch && used === sigma.k * n ? 1 : 0;
  const cutOf = counts.map((count) => {
    if (batch) return cuts - 1;
    return sigma.kind === "topk" || count === sigma.k ? cuts++ : -1;
  });
  const cells = cutOf.flatMap((cut, feature) =>
    sets.map((set, latent): Cell => ({ latent, feature, on: set.has(feature), bias: sigma.bias?.[latent] ?? 0, cut })),
  );
  return { cells, cuts, positive: sigma.kind !== "topk", width: pattern.length * features.cols + cuts };
}

/** Multipliers by side, scaled so that those of the selected entries have a total weight of 1. */
function split(
  { features }: SelectionProblem,
  cells: readonly Cell[],
  values: Float64Array,
): Pick<SelectionAnswer, "lambda" | "mu"> {
  const weights = cells.map(({ feature, on }, at) =>
    on ? (values[at] as number) * (norm(row(features, feature)) || 1) : 0,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const multipliers = (side: boolean): Multiplier[] =>
    cells.flatMap(({ latent, feature, on }, at) => {
      const value = (values[at] as number) / total;
      return on === side && value > 0 ? [{ latent, feature, value }] : [];
    });
  return { lambda: multipliers(true), mu: multipliers(false) };
}
