import { normaliseRows } from "@monosema/numerics";
import { type EigenvalueRange, eigenvalueRange } from "./eigenvalueRange.js";
import { type Interference, type InterferenceOptions, interference } from "./interference.js";

/** Options of {@link projectFeatures}. */
export interface ProjectionOptions {
  /** Number of features, rows. */
  readonly n: number;
  /** Dimension, columns. */
  readonly nP: number;
  /** M: largest signed inner product allowed between two features; default .1. */
  readonly maxInterference?: number;
  /** How far below M the loss pushes; default .01. */
  readonly epsilon?: number;
  /** lambda of eq. 28; default .001. Large values make the cone of the features the whole space. */
  readonly regularization?: number;
  /** eta: step of the projected gradient; default .05. Halved where the rows collapse into one. */
  readonly stepSize?: number;
}

/** How a feature matrix came about and what it achieves. */
export interface FeatureReport {
  /** Gradient steps taken; 0 where the start already satisfies M. */
  readonly steps: number;
  /** Step size of the run that succeeded. */
  readonly stepSize: number;
  /** Restarts with half the step size after a collapse. */
  readonly restarts: number;
  /** Largest inner product of two different features, signed. */
  readonly maxInterference: number;
  /** Smallest inner product of two different features, signed. */
  readonly minInterference: number;
  /** Root mean square of the inner products of different features. */
  readonly rmsInterference: number;
  /** Smallest and largest eigenvalue of features^T features. */
  readonly eigenvalues: EigenvalueRange;
}

/** Unit rows with bounded interference. */
export interface FeatureMatrix {
  /** Number of features. */
  readonly n: number;
  /** Dimension. */
  readonly nP: number;
  /** `[n, nP]` row-major, unit rows. */
  readonly features: Float64Array;
  /** How they came about. */
  readonly report: FeatureReport;
}

const COLLAPSED = 0.99;
const MOST_STEPS = 2000;
const MOST_RESTARTS = 5;

/**
 * Moves unit rows apart until no two have an inner product above M: projected gradient on the interference loss (paper eq. 28),
 * with the test before each step. Where all rows merge into one, or 2000 steps do not suffice, it restarts from the same rows with
 * half the step, at most five times.
 *
 * @param start - `[n, nP]` row-major, no row of zeros; not changed
 * @throws RangeError for options out of range or an M that no matrix of this size attains; Error where all restarts collapse
 */
export function projectFeatures(start: Float64Array, options: ProjectionOptions): FeatureMatrix {
  const { n, nP, maxInterference = 0.1, epsilon = 0.01, regularization = 0.001, stepSize = 0.05 } = options;
  checkOptions({ n, nP, maxInterference, epsilon, regularization, stepSize }, start.length);
  const constants = { maxInterference, epsilon, regularization };
  const unitStart = Float64Array.from(start);
  normaliseRows(unitStart, nP);
  for (let restarts = 0; restarts <= MOST_RESTARTS; restarts++) {
    const eta = stepSize / 2 ** restarts;
    const reached = descend(unitStart, n, nP, constants, eta);
    if (reached === undefined) continue;
    const { features, steps, state } = reached;
    const report: FeatureReport = {
      steps,
      stepSize: eta,
      restarts,
      maxInterference: state.max,
      minInterference: state.min,
      rmsInterference: state.rms,
      eigenvalues: eigenvalueRange(features, n, nP),
    };
    return { n, nP, features, report };
  }
  throw new Error(
    `projectFeatures: ${n} features in ${nP} dimensions must reach maxInterference ${maxInterference}, got no convergence with ` +
      `steps from ${stepSize} to ${stepSize / 2 ** MOST_RESTARTS}; allow more interference or more dimensions`,
  );
}

/** Runs to the first matrix that satisfies M; undefined where the rows collapse or the steps run out. */
function descend(
  start: Float64Array,
  n: number,
  nP: number,
  options: InterferenceOptions,
  eta: number,
): { features: Float64Array; steps: number; state: Interference } | undefined {
  let features = start;
  let state = interference(features, n, nP, options);
  for (let steps = 0; steps <= MOST_STEPS; steps++) {
    if (state.max <= options.maxInterference) return { features, steps, state };
    const { gradient } = state;
    const before = state.max;
    features = features.map((value, at) => value - eta * (gradient[at] as number));
    normaliseRows(features, nP);
    state = interference(features, n, nP, options);
    const merged = state.max >= COLLAPSED && state.max >= before;
    if (merged || !Number.isFinite(state.loss)) return undefined;
  }
  return undefined;
}

function checkOptions(options: Required<ProjectionOptions>, length: number): void {
  const { n, nP, maxInterference, epsilon, regularization, stepSize } = options;
  const refuse = (rule: string, got: number, advice: string): never => {
    throw new RangeError(`projectFeatures: ${rule}, got ${got}; ${advice}`);
  };
  if (!Number.isSafeInteger(n) || n < 1) refuse("n must be a positive integer", n, "pass the number of features");
  if (!Number.isSafeInteger(nP) || nP < 1) refuse("nP must be a positive integer", nP, "pass the dimension");
  if (length !== n * nP) refuse(`start must have n nP = ${n * nP} numbers`, length, "pass one row per feature");
  if (!(maxInterference < 1))
    refuse("maxInterference must be below 1", maxInterference, "two different rows have less");
  if (!(epsilon >= 0)) refuse("epsilon must not be negative", epsilon, "pass a small margin such as .01");
  if (!(regularization >= 0)) refuse("regularization must not be negative", regularization, "pass 0 or a small weight");
  if (!(stepSize > 0)) refuse("stepSize must be positive", stepSize, "pass a step such as .05");
  const bound = attainableInterference(n, nP);
  if (!(maxInterference >= bound)) {
    refuse(
      `maxInterference of ${n} features in ${nP} dimensions must be at least ${bound}`,
      maxInterference,
      "raise it",
    );
  }
}

/**
 * A lower bound on the largest inner product of n unit vectors in nP dimensions (Rankin 1955): -1/(n-1) up to nP + 1 vectors,
 * else 0.
 */
function attainableInterference(n: number, nP: number): number {
  if (n === 1) return Number.NEGATIVE_INFINITY;
  return n <= nP + 1 ? -1 / (n - 1) : 0;
}
