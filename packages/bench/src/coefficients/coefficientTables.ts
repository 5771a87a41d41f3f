import { type CopulaFactor, type CorrelationOptions, copulaFactor } from "./copulaFactor.js";
import { type FiringRates, firingRates } from "./firingRates.js";
import { buildHierarchy, compensateRates, type Hierarchy, type HierarchyOptions } from "./hierarchy.js";
import { type Magnitudes, type MagnitudeTable, magnitudeTable } from "./magnitudes.js";

/** Options of the coefficients. */
export interface CoefficientOptions {
  /** Number of features. */
  readonly n: number;
  /** Seed, an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** How often features fire; default constant .01 (S = .99). */
  readonly firing?: FiringRates;
  /** Values where they fire; default 1 + Exp(1). */
  readonly magnitudes?: Magnitudes;
  /** Correlated firings; default independent. */
  readonly correlation?: CorrelationOptions;
  /** Parents and children; default none. */
  readonly hierarchy?: HierarchyOptions;
}

/** The distribution of coefficients as numbers by feature: all that drawing needs, and all that files and threads carry. */
export interface CoefficientTables {
  /** Number of features. */
  readonly n: number;
  /** Rates that firings are drawn with, after compensation, `[n]`. */
  readonly rates: Float64Array;
  /** Values where they fire. */
  readonly magnitudes: MagnitudeTable;
  /** Correlated firings; absent: independent. */
  readonly correlation?: CopulaFactor;
  /** The forest, where there is one. */
  readonly hierarchy?: Hierarchy;
  /** Children are multiplied by their parent's value over its mean. */
  readonly scaleByParent: boolean;
}

/**
 * Draws rates, magnitudes, factor and forest from the options; each has a stream of its own.
 *
 * @throws RangeError for options out of range
 */
export function coefficientTables(options: CoefficientOptions): CoefficientTables {
  const { n, seed, firing = { kind: "constant", rate: 0.01 }, magnitudes = { kind: "exponential" } } = options;
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new RangeError(`coefficientModel: n must be a positive integer, got ${n}; pass the number of features`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `coefficientModel: seed must be an integer from 0 to 2^53 - 1, got ${seed}; pass such an integer`,
    );
  }
  const wanted = firingRates(firing, n, seed);
  const hierarchy = options.hierarchy === undefined ? undefined : buildHierarchy(options.hierarchy, n, seed);
  return {
    n,
    rates: hierarchy !== undefined && options.hierarchy?.compensate ? compensateRates(wanted, hierarchy) : wanted,
    magnitudes: magnitudeTable(magnitudes, n, seed),
    ...(options.correlation === undefined ? {} : { correlation: copulaFactor(n, options.correlation, seed) }),
    ...(hierarchy === undefined ? {} : { hierarchy }),
    scaleByParent: options.hierarchy?.scaleByParent ?? false,
  };
}
