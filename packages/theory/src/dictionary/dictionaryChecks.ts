import { checkMatrix, checkWhole, gram, type Mat, norm, row, symmetricEigen, unitRows } from "@monosema/numerics";
import { conicIndependenceCore } from "../patterns/conicIndependence.js";
import { babelFunction } from "./babelFunction.js";
import { exactSpark } from "./exactSpark.js";
import { binomial, subsets } from "./subsets.js";

/** Most subsets that an exact spark or restricted isometry constant looks at. */
const MOST_SUBSETS = 1e5;

/** A dictionary and how far to look. */
export interface DictionaryChecksInput {
  /** Directions, `[n, nP]`; their norms do not matter. */
  readonly featuresP: Mat;
  /** Largest k of the Babel function; default 10, at most n - 1 is used. */
  readonly kMax?: number;
  /** Largest set of directions tested for dependence; default nP + 1. */
  readonly sparkMax?: number;
  /** Order k of the restricted isometry constant; default 2. */
  readonly rip?: number;
  /** Also test conic independence, up to minutes at n = 1000; default true. */
  readonly conic?: boolean;
}

/** Restricted isometry of order k. */
export interface RestrictedIsometry {
  /** k. */
  readonly order: number;
  /** Largest ||G_S - I||_2 over sets S of k directions; null where there are more than 1e5 sets. */
  readonly constant: number | null;
  /** mu_1(k - 1), an upper bound. */
  readonly upper: number;
}

/** Conic independence of a dictionary in short. */
export interface ConicSummary {
  /** Number of directions outside the cone of the others. */
  readonly independent: number;
  /** Smallest distance of a unit direction from the cone of the others. */
  readonly minDistance: number;
  /** Whether the cone of all directions is the whole space. */
  readonly positivelySpanning: boolean;
}

/** Classical quantities of a dictionary, of its directions. */
export interface DictionaryChecks {
  /** Coherence: largest |cosine| of two directions. */
  readonly mu: number;
  /** Largest signed cosine; below 1 all directions are distinct. */
  readonly maxSigned: number;
  /** Welch's lower bound on `mu`. */
  readonly welch: number;
  /** Smallest `maxSigned` that n directions in nP dimensions can have (Rankin 1955); null where only "positive" is known. */
  readonly minAchievableSigned: number | null;
  /** Lower bound 1 + 1/mu on the spark, rounded up (Donoho & Elad 2003). */
  readonly sparkLower: number;
  /** Size of the smallest dependent set, Infinity where all are independent, null where it was not found within the limits. */
  readonly spark: number | null;
  /** mu_1(k) for k = 1 .. kMax: largest sum of k |cosines| with one direction (Tropp 2004). */
  readonly babel: readonly number[];
  /** Restricted isometry of the order asked for. */
  readonly rip: RestrictedIsometry;
  /** (1 + 1/mu) / 2: sparser codes are unique. */
  readonly coherenceSparsity: number;
  /** Largest k <= kMax with mu_1(k - 1) + mu_1(k) < 1: k-sparse codes are found by OMP and basis pursuit (Tropp 2004). */
  readonly troppK: number;
  /** Conic independence, null where not asked for. */
  readonly conic: ConicSummary | null;
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Coherence, spark, Babel function and restricted isometry of a dictionary: the classical sufficient conditions for unique sparse
 * codes, which arXiv 2512.05534 does not state. They bound co-active data, of which the approximate loss says nothing. Cost
 * O(n^2 nP); spark and isometry look at 1e5 sets at most.
 *
 * @throws RangeError where a number is not finite, a direction is zero, or an order is no positive integer
 */
export function dictionaryChecks(input: DictionaryChecksInput): DictionaryChecks {
  const { featuresP, rip = 2, kMax = 10, sparkMax = featuresP.cols + 1 } = input;
  checkMatrix("dictionaryChecks", "featuresP", featuresP);
  for (const [name, value] of Object.entries({ kMax, sparkMax, rip })) {
    checkWhole("dictionaryChecks", name, value, 1);
  }
  const zero = Array.from({ length: featuresP.rows }, (_, i) => norm(row(featuresP, i))).indexOf(0);
  if (featuresP.rows === 0 || zero >= 0) {
    throw new RangeError(
      `dictionaryChecks: featuresP must have non-zero rows, got ${featuresP.rows === 0 ? "no row" : `a zero row ${zero}`}; remove it`,
    );
  }
  return dictionaryChecksCore(input);
}

/** {@link dictionaryChecks} of input that was checked. */
export function dictionaryChecksCore(input: DictionaryChecksInput): DictionaryChecks {
  const { featuresP, conic = true, rip = 2, kMax = 10, sparkMax = featuresP.cols + 1 } = input;
  const { rows: n, cols: nP } = featuresP;
  const { unit, norms } = unitRows(featuresP);
  const cosines = gram(unit);
  const { mu, maxSigned } = extremes(cosines);
  const babel = babelFunction(cosines, Math.max(kMax, rip - 1));
  const sparkLower = mu === 0 ? Number.POSITIVE_INFINITY : Math.ceil(1 + 1 / mu - 1e-12);
  const spark = exactSpark(unit, Math.min(sparkLower, n + 1), sparkMax, MOST_SUBSETS);
  return {
    mu,
    maxSigned,
    welch: n > nP ? Math.sqrt((n - nP) / (nP * (n - 1))) : 0,
    minAchievableSigned: minAchievableSigned(n, nP),
    sparkLower,
    spark,
    babel: babel.slice(0, Math.min(kMax, n - 1)),
    rip: {
      order: rip,
      constant: isometryConstant(cosines, mu, rip),
      upper: rip === 1 ? 0 : (babel[rip - 2] as number),
    },
    coherenceSparsity: (1 + 1 / mu) / 2,
    troppK: troppK(babel, kMax),
    conic: conic ? summary(featuresP) : null,
    warnings: norms.every((length) => Math.abs(length - 1) <= 1e-9)
      ? []
      : ["featuresP does not have unit rows: the numbers are those of their directions"],
  };
}

function extremes({ rows, data }: Mat): { mu: number; maxSigned: number } {
  let mu = 0;
  let maxSigned = rows > 1 ? -1 : 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const value = data[i * rows + j] as number;
      mu = Math.max(mu, Math.abs(value));
      maxSigned = Math.max(maxSigned, value);
    }
  }
  return { mu: Math.min(1, mu), maxSigned: Math.min(1, maxSigned) };
}

function minAchievableSigned(n: number, nP: number): number | null {
  if (n < 2) return null;
  if (n <= nP + 1) return -1 / (n - 1);
  return n <= 2 * nP ? 0 : null;
}

function isometryConstant(cosines: Mat, mu: number, order: number): number | null {
  const n = cosines.rows;
  const size = Math.min(order, n);
  if (size === 1) return 0;
  if (size === 2) return mu;
  if (binomial(n, size) > MOST_SUBSETS) return null;
  let largest = 0;
  const block = { rows: size, cols: size, data: new Float64Array(size * size) };
  for (const set of subsets(n, size)) {
    set.forEach((i, a) => {
      set.forEach((j, b) => {
        block.data[a * size + b] = cosines.data[i * n + j] as number;
      });
    });
    const { values } = symmetricEigen(block);
    largest = Math.max(largest, (values[0] as number) - 1, 1 - (values[size - 1] as number));
  }
  return largest;
}

function troppK(babel: readonly number[], kMax: number): number {
  let k = 0;
  while (k < Math.min(kMax, babel.length) && (k === 0 ? 0 : (babel[k - 1] as number)) + (babel[k] as number) < 1) k++;
  return k;
}

function summary(featuresP: Mat): ConicSummary {
  const { perFeature, positivelySpanning } = conicIndependenceCore({ featuresP });
  return {
    independent: perFeature.filter(({ independent }) => independent).length,
    minDistance: perFeature.reduce((least, { distance }) => Math.min(least, distance), Number.POSITIVE_INFINITY),
    positivelySpanning,
  };
}
