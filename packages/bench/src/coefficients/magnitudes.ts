import { portableExp, portableLog, type Random, random } from "@monosema/tensor";

/** Distribution of a coefficient where its feature fires. */
export type Magnitudes = ExponentialMagnitudes | GaussianMagnitudes;

/** The benchmark's own: c_min + Exp(beta) (paper section 5). */
export interface ExponentialMagnitudes {
  /** Discriminant. */
  readonly kind: "exponential";
  /** c_min, the smallest value; default 1. */
  readonly min?: number;
  /** beta, the mean above c_min; default 1. */
  readonly scale?: number;
}

/** max(mu + s N(0, 1), 0) with mu and s by feature. */
export interface GaussianMagnitudes {
  /** Discriminant. */
  readonly kind: "gaussian";
  /** mu; default constant 1. */
  readonly mean?: Profile;
  /** s; default constant 0. */
  readonly deviation?: Profile;
}

/** A number for each feature. */
export type Profile = ConstantProfile | RampProfile | FoldedNormalProfile;

/** The same number for every feature. */
export interface ConstantProfile {
  /** Discriminant. */
  readonly kind: "constant";
  /** The number. */
  readonly value: number;
}

/** From first to last feature on a line, or geometrically: first (last/first)^t. */
export interface RampProfile {
  /** Discriminant. */
  readonly kind: "linear" | "exponential";
  /** Value of the first feature. */
  readonly first: number;
  /** Value of the last feature. */
  readonly last: number;
}

/** |N(mean, deviation^2)|, drawn once for each feature. */
export interface FoldedNormalProfile {
  /** Discriminant. */
  readonly kind: "foldedNormal";
  /** Mean before folding. */
  readonly mean: number;
  /** Standard deviation before folding. */
  readonly deviation: number;
}

/** Magnitudes with their numbers by feature. */
export type MagnitudeTable = ExponentialTable | GaussianTable;

/** min + scale Exp(1), the same for all features. */
export interface ExponentialTable {
  /** Discriminant. */
  readonly kind: "exponential";
  /** c_min. */
  readonly min: number;
  /** beta. */
  readonly scale: number;
}

/** max(means_i + deviations_i N(0, 1), 0). */
export interface GaussianTable {
  /** Discriminant. */
  readonly kind: "gaussian";
  /** mu, `[n]`. */
  readonly means: Float64Array;
  /** s, `[n]`. */
  readonly deviations: Float64Array;
}

/** The numbers of a family for each of n features. */
export function magnitudeTable(family: Magnitudes, n: number, seed: number): MagnitudeTable {
  if (family.kind === "exponential") {
    const { min = 1, scale = 1 } = family;
    if (!(min >= 0) || !(scale >= 0)) {
      throw new RangeError(
        `magnitudeTable: min and scale must not be negative, got ${min} and ${scale}; coefficients are at least 0`,
      );
    }
    return { kind: "exponential", min, scale };
  }
  const { mean = { kind: "constant", value: 1 }, deviation = { kind: "constant", value: 0 } } = family;
  return {
    kind: "gaussian",
    means: profile(mean, n, random(seed, "magnitudes", "mean")),
    deviations: profile(deviation, n, random(seed, "magnitudes", "deviation")),
  };
}

/** Mean of each feature, `[n]`: c_min + beta, or mu. */
export function meanMagnitudes(table: MagnitudeTable, n: number): Float64Array {
  return table.kind === "gaussian" ? table.means : new Float64Array(n).fill(table.min + table.scale);
}

/** Draws the magnitude of a feature; may be 0. */
export function magnitudeDraw(table: MagnitudeTable): (feature: number, stream: Draws) => number {
  if (table.kind === "exponential") {
    const { min, scale } = table;
    return (_, stream) => min + scale * stream.exponential();
  }
  const { means, deviations } = table;
  return (feature, stream) => {
    const deviation = deviations[feature] as number;
    const mean = means[feature] as number;
    return deviation === 0 ? Math.max(mean, 0) : Math.max(mean + deviation * stream.normal(), 0);
  };
}

type Draws = Pick<Random, "exponential" | "normal">;

function profile(family: Profile, n: number, stream: Random): Float64Array {
  const values = new Float64Array(n);
  for (let feature = 0; feature < n; feature++) {
    const t = feature / Math.max(1, n - 1);
    if (family.kind === "constant") values[feature] = family.value;
    else if (family.kind === "linear") values[feature] = family.first + (family.last - family.first) * t;
    else if (family.kind === "foldedNormal")
      values[feature] = Math.abs(family.mean + family.deviation * stream.normal());
    else values[feature] = family.first * portableExp(t * portableLog(family.last / family.first));
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(
      `magnitudeTable: a ${family.kind} profile must be finite, got ${values[wrong]}; use positive ends`,
    );
  }
  return values;
}
