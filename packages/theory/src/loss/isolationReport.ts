import { checkMatrix, checkRange, checkVector, checkWhole, type Mat, rank } from "@monosema/numerics";
import { activeCounts } from "./activeCounts.js";

/** Activation probabilities of independent features. */
export interface IsolationByProbability {
  /** Pr(x_d > 0), `[n]`, or one number for all. */
  readonly p: number | ArrayLike<number>;
  /** Number of features; needed where `p` is one number. */
  readonly n?: number;
}

/** Samples of coefficients. */
export interface IsolationBySamples {
  /** Coefficients, `[samples, n]`, at least 0. */
  readonly x: Mat;
}

/** How far the data are from the regime in which features come one at a time. */
export interface IsolationReport {
  /** Expected number of active features. */
  readonly expectedActive: number;
  /** True where that number is at most 1, the regime of Cui et al. (arXiv 2506.15963). */
  readonly extremeSparsity: boolean;
  /** Pr(no feature active). */
  readonly pNone: number;
  /** Pr(exactly one active). */
  readonly pOne: number;
  /** Share of E[sum x_d^2] that comes from features active alone, equal second moments assumed where `p` is given. */
  readonly isolatedEnergyShare: number;
  /** Rank of the matrix of coefficients; samples only. n is necessary for recovery from co-active data. */
  readonly coactivationRank?: number;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Tells whether the approximate loss, which sees features only when they are active alone, speaks about given data.
 *
 * Concerns the premise 1 - S <= 1/n of Theorem 3.1 of arXiv 2512.05534, which its proof never uses: at n = 1000 and S = .99 only
 * 4.4e-5 of the energy is isolated. Cost O(n), from samples O(samples n^2).
 *
 * @throws RangeError where a number is not finite or out of range, or `n` is missing
 */
export function isolationReport(input: IsolationByProbability | IsolationBySamples): IsolationReport {
  return "x" in input ? fromSamples(input.x) : fromProbabilities(input);
}

function fromProbabilities({ p, n }: IsolationByProbability): IsolationReport {
  if (typeof p === "number") {
    if (n === undefined)
      throw new RangeError("isolationReport: n must be given where p is one number, got none; pass n");
    checkWhole("isolationReport", "n", n, 1);
  } else if (n !== undefined && n !== p.length) {
    throw new RangeError(`isolationReport: n must be the length of p, got ${n} and ${p.length}; leave n out`);
  }
  const each = typeof p === "number" ? new Float64Array(n as number).fill(p) : p;
  checkVector("isolationReport", "p", each, each.length);
  checkRange("isolationReport", "p", each, 0, 1);
  const { others, all } = activeCounts(each);
  let expectedActive = 0;
  let pOne = 0;
  others.forEach(({ none }, d) => {
    expectedActive += each[d] as number;
    pOne += (each[d] as number) * none;
  });
  const silent = expectedActive === 0;
  return {
    expectedActive,
    extremeSparsity: expectedActive <= 1 + 1e-12,
    pNone: all.none,
    pOne,
    isolatedEnergyShare: silent ? 1 : pOne / expectedActive,
    warnings: silent ? ["no feature is ever active: the share of isolated energy is its limit, 1"] : [],
  };
}

function fromSamples(x: Mat): IsolationReport {
  checkMatrix("isolationReport", "x", x);
  checkRange("isolationReport", "x", x.data, 0);
  if (x.rows === 0) throw new RangeError("isolationReport: x must have a sample, got 0; pass one per row");
  const { rows, cols, data } = x;
  let active = 0;
  let none = 0;
  let one = 0;
  let energy = 0;
  let isolated = 0;
  for (let start = 0; start < data.length; start += cols) {
    let count = 0;
    let sum = 0;
    for (let at = start; at < start + cols; at++) {
      const value = data[at] as number;
      if (value > 0) count++;
      sum += value * value;
    }
    active += count;
    energy += sum;
    if (count === 0) none++;
    if (count === 1) {
      one++;
      isolated += sum;
    }
  }
  return {
    expectedActive: active / rows,
    extremeSparsity: active / rows <= 1 + 1e-12,
    pNone: none / rows,
    pOne: one / rows,
    isolatedEnergyShare: energy === 0 ? 1 : isolated / energy,
    coactivationRank: rank(x).rank,
    warnings: energy === 0 ? ["no feature is ever active: the share of isolated energy is its limit, 1"] : [],
  };
}
