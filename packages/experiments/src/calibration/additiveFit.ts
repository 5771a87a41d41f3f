import { type AdditiveModel, type PiecewiseLinear, valueAt } from "@monosema/audit";
import { gramFactor, type Mat, zeros } from "@monosema/numerics";

/** What a model is fitted to. */
export interface FitInput {
  /** One number for each case, by name; NaN where it is not defined. */
  readonly statistics: Readonly<Record<string, Float64Array>>;
  /** The same, of what cases have in common: enters in a straight line. */
  readonly context: Readonly<Record<string, Float64Array>>;
  /** 1 for cases of the class, `[cases]`. */
  readonly labels: Uint8Array;
  /** `[cases]`. */
  readonly weights: Float64Array;
  /** Strength of the penalty on values at knots, on bends between them, and on the slopes of the context. */
  readonly penalty: { readonly ridge: number; readonly bend: number; readonly context: number };
}

/** Shares of the cases between knots. */
const QUANTILES = [0.01, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 0.99];
const ENDS = [0.01, 0.99];
/** Newton steps at most, and the change of every value at which they end. */
const STEPS = 20;
const CONVERGED = 1e-3;

/**
 * Penalised logistic regression on piecewise linear functions of each number (a generalised additive model; Hastie & Tibshirani 1986), by
 * Newton's method.
 */
export function additiveFit({ statistics, context, labels, weights, penalty }: FitInput): AdditiveModel {
  const curves = [
    ...Object.entries(statistics).map(([name, values]) => curve(name, values, QUANTILES, penalty.ridge)),
    ...Object.entries(context).map(([name, values]) => curve(name, values, ENDS, penalty.context)),
  ].filter(({ knots }) => knots.length > 1);
  const size = 1 + curves.reduce((sum, { knots }) => sum + knots.length, 0);
  const places: number[] = [];
  curves.reduce((at, { knots }) => {
    places.push(at);
    return at + knots.length;
  }, 1);
  const rows = basisRows(curves, places, labels.length);
  const prior = penaltyMatrix(curves, places, size, penalty.bend);
  let beta: Float64Array = new Float64Array(size);
  for (let step = 0; step < STEPS; step++) {
    const before = beta;
    beta = newtonStep(before, rows, prior, labels, weights);
    if (beta.every((value, i) => Math.abs(value - (before[i] as number)) < CONVERGED)) break;
  }

  let intercept = beta[0] as number;
  const centred = curves.map(({ name, knots, values }, c): readonly [string, PiecewiseLinear] => {
    const at = places[c] as number;
    const own = Array.from(knots, (_, k) => beta[at + k] as number);
    const middle = mean(values, weights, (x) => valueAt({ knots, values: own }, x));
    intercept += middle;
    return [name, { knots: knots.map(short), values: own.map((value) => short(value - middle)) }];
  });
  const statisticCount = centred.filter(([name]) => Object.hasOwn(statistics, name)).length;
  return {
    intercept: short(intercept),
    statistics: Object.fromEntries(centred.slice(0, statisticCount)),
    context: Object.fromEntries(centred.slice(statisticCount)),
  };
}

interface Curve {
  readonly name: string;
  readonly values: Float64Array;
  readonly knots: readonly number[];
  readonly ridge: number;
}

function curve(name: string, values: Float64Array, shares: readonly number[], ridge: number): Curve {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const knots = sorted.length === 0 ? [] : [...new Set(shares.map(at))];
  return { name, values, knots, ridge };
}

/** Sparse rows of the basis: at most two neighbouring knots of each curve, and 1 for the intercept. */
interface BasisRows {
  readonly width: number;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

function basisRows(curves: readonly Curve[], places: readonly number[], cases: number): BasisRows {
  const width = 1 + 2 * curves.length;
  const columns = new Int32Array(cases * width);
  const values = new Float64Array(cases * width);
  for (let i = 0; i < cases; i++) {
    values[i * width] = 1;
    curves.forEach(({ knots, values: xs }, c) => {
      const [low, t] = position(knots, xs[i] as number);
      const at = i * width + 1 + 2 * c;
      if (low < 0) return;
      columns[at] = (places[c] as number) + low;
      values[at] = 1 - t;
      columns[at + 1] = (places[c] as number) + low + 1;
      values[at + 1] = t;
    });
  }
  return { width, columns, values };
}

/** Knot below x, and how far x is from it to the next; -1 where x is not a number. */
function position(knots: readonly number[], x: number): readonly [number, number] {
  if (Number.isNaN(x)) return [-1, 0];
  const last = knots.length - 1;
  if (x <= (knots[0] as number)) return [0, 0];
  if (x >= (knots[last] as number)) return [last - 1, 1];
  let above = 1;
  while ((knots[above] as number) < x) above++;
  const [low, high] = [knots[above - 1] as number, knots[above] as number];
  return [above - 1, (x - low) / (high - low)];
}

function penaltyMatrix(curves: readonly Curve[], places: readonly number[], size: number, bend: number): Mat {
  const result = zeros(size, size);
  const add = (i: number, j: number, value: number): void => {
    result.data[i * size + j] = (result.data[i * size + j] as number) + value;
  };
  add(0, 0, 1e-6);
  curves.forEach(({ knots, ridge }, c) => {
    const at = places[c] as number;
    for (let k = 0; k < knots.length; k++) add(at + k, at + k, ridge);
    for (let k = 1; k + 1 < knots.length; k++) {
      const second = [1, -2, 1];
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++)
          add(at + k - 1 + i, at + k - 1 + j, bend * (second[i] as number) * (second[j] as number));
      }
    }
  });
  return result;
}

function newtonStep(
  beta: Float64Array,
  { width, columns, values }: BasisRows,
  prior: Mat,
  labels: Uint8Array,
  weights: Float64Array,
): Float64Array {
  const size = beta.length;
  const hessian = zeros(size, size);
  const upper = hessian.data;
  upper.set(prior.data);
  const gradient = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      gradient[i] = (gradient[i] as number) - (prior.data[i * size + j] as number) * (beta[j] as number);
    }
  }
  for (let row = 0; row < labels.length; row++) {
    const from = row * width;
    let odds = 0;
    for (let e = from; e < from + width; e++) odds += (values[e] as number) * (beta[columns[e] as number] as number);
    const p = 1 / (1 + Math.exp(-odds));
    const weight = weights[row] as number;
    const [slope, curvature] = [weight * ((labels[row] as number) - p), weight * Math.max(1e-6, p * (1 - p))];
    // Columns ascend within a row: the upper triangle is filled.
    for (let e = from; e < from + width; e++) {
      const value = values[e] as number;
      if (value === 0) continue;
      const i = columns[e] as number;
      gradient[i] = (gradient[i] as number) + slope * value;
      const scaled = curvature * value;
      for (let f = e; f < from + width; f++) {
        const at = i * size + (columns[f] as number);
        upper[at] = (upper[at] as number) + scaled * (values[f] as number);
      }
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) upper[j * size + i] = upper[i * size + j] as number;
  }
  const factor = gramFactor(hessian);
  if (!factor.update(Array.from(beta.keys())))
    throw new RangeError("additiveFit: the penalty must be positive, got a singular problem; raise it");
  const step = factor.solve(gradient);
  return beta.map((value, i) => value + (step[i] as number));
}

function mean(values: Float64Array, weights: Float64Array, of: (x: number) => number): number {
  let [sum, total] = [0, 0];
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    sum += (weights[i] as number) * of(value);
    total += weights[i] as number;
  });
  return total === 0 ? 0 : sum / total;
}

const short = (value: number): number => Number(value.toPrecision(5));
