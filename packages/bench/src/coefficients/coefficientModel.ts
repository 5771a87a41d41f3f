import { random, type SparseRows } from "@monosema/tensor";
import { drawSample, type SampleModel } from "./drawSample.js";
import { type CorrelationOptions, copulaFiring, independentFiring } from "./firing.js";
import { type FiringRates, firingRates } from "./firingRates.js";
import { buildHierarchy, compensateRates, type Hierarchy, type HierarchyOptions } from "./hierarchy.js";
import { type Magnitudes, magnitudeModel } from "./magnitudes.js";

/** Options of {@link coefficientModel}. */
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

/** A distribution of sparse non-negative coefficients with known features. */
export interface CoefficientModel {
  /** Number of features. */
  readonly n: number;
  /** Rates that firings are drawn with, after compensation, `[n]`. */
  readonly rates: Float64Array;
  /** Mean magnitude where a feature fires, before the hierarchy, `[n]`. */
  readonly means: Float64Array;
  /** The forest, where there is one. */
  readonly hierarchy?: Hierarchy;
  /**
   * Coefficients of samples: sample s is a pure function of (seed, set, s).
   *
   * @param samples - sample indices, safe integers
   * @param set - name of an independent set of samples, default `train`
   * @returns sparse rows; `latents` holds features
   */
  coefficients(samples: Iterable<number>, set?: string): SparseRows;
}

/**
 * Coefficients of the Linear Representation Bench: x_d = m_d (c_min + Exp(beta)) by default (paper section 5), with the extensions of
 * extensions in the order firing, magnitudes, hierarchy. Float64, the same bits everywhere.
 *
 * @throws RangeError for options out of range
 */
export function coefficientModel(options: CoefficientOptions): CoefficientModel {
  const {
    n,
    seed,
    firing = { kind: "constant", rate: 0.01 },
    magnitudes = { kind: "exponential" },
    correlation,
  } = options;
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
  const rates = hierarchy !== undefined && options.hierarchy?.compensate ? compensateRates(wanted, hierarchy) : wanted;
  const isTop = (feature: number): boolean => hierarchy === undefined || (hierarchy.parentOf[feature] as number) < 0;
  const sampleModel: SampleModel = {
    firing: correlation === undefined ? independentFiring(rates, isTop) : copulaFiring(rates, correlation, isTop, seed),
    magnitudes: magnitudeModel(magnitudes, n, seed),
    hierarchy,
    scaleByParent: options.hierarchy?.scaleByParent ?? false,
  };
  const { means } = sampleModel.magnitudes;

  const coefficients = (samples: Iterable<number>, set = "train"): SparseRows => {
    const offsets = [0];
    const latents: number[] = [];
    const values: number[] = [];
    for (const sample of samples) {
      const drawn = drawSample(sampleModel, random(seed, "coefficients", set, sample));
      for (const feature of drawn.features) latents.push(feature);
      for (const value of drawn.values) values.push(value);
      offsets.push(latents.length);
    }
    return { offsets: Int32Array.from(offsets), latents: Int32Array.from(latents), values: Float64Array.from(values) };
  };
  return { n, rates, means, ...(hierarchy === undefined ? {} : { hierarchy }), coefficients };
}
