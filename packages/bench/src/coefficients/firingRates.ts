import { portableExp, portableLog, random } from "@monosema/tensor";

/** Probability that a feature fires, by its index (names as in SAELens `synthetic`). */
export type FiringRates = ConstantRates | LinearRates | UniformRates | ZipfianRates;

/** The same rate for every feature. */
export interface ConstantRates {
  /** Discriminant. */
  readonly kind: "constant";
  /** Rate, 1 - S. */
  readonly rate: number;
}

/** Rates on a line. */
export interface LinearRates {
  /** Discriminant. */
  readonly kind: "linear";
  /** Rate of the first feature; default .3. */
  readonly first?: number;
  /** Rate of the last feature; default .01. */
  readonly last?: number;
}

/** Rates drawn uniformly. */
export interface UniformRates {
  /** Discriminant. */
  readonly kind: "uniform";
  /** Lower end; default .01. */
  readonly min?: number;
  /** Upper end; default .5. */
  readonly max?: number;
}

/** Rates by a power of the rank: min + (max - min)(r^-a - n^-a)/(1 - n^-a), r = 1..n. */
export interface ZipfianRates {
  /** Discriminant. */
  readonly kind: "zipfian";
  /** a; default 1. */
  readonly exponent?: number;
  /** Rate of the first feature; default .3. */
  readonly max?: number;
  /** Rate of the last feature; default .01. */
  readonly min?: number;
}

/**
 * The rate of each feature, `[n]`.
 *
 * @throws RangeError where a rate lies outside [0, 1]
 */
export function firingRates(family: FiringRates, n: number, seed: number): Float64Array {
  const rates = Float64Array.from({ length: n }, rateOf(family, n, seed));
  const wrong = rates.findIndex((rate) => !(rate >= 0 && rate <= 1));
  if (wrong >= 0) {
    throw new RangeError(
      `firingRates: rates must lie in [0, 1], got ${rates[wrong]} for feature ${wrong}; change the ${family.kind} family`,
    );
  }
  return rates;
}

function rateOf(family: FiringRates, n: number, seed: number): (_: unknown, feature: number) => number {
  switch (family.kind) {
    case "constant":
      return () => family.rate;
    case "linear": {
      const { first = 0.3, last = 0.01 } = family;
      return (_, feature) => first + ((last - first) * feature) / Math.max(1, n - 1);
    }
    case "uniform": {
      const { min = 0.01, max = 0.5 } = family;
      const stream = random(seed, "rates");
      return () => min + (max - min) * stream.uniform();
    }
    case "zipfian": {
      const { exponent = 1, max = 0.3, min = 0.01 } = family;
      const power = (rank: number): number => portableExp(-exponent * portableLog(rank));
      const last = power(n);
      return (_, feature) => (n === 1 ? max : min + ((max - min) * (power(feature + 1) - last)) / (1 - last));
    }
  }
}
