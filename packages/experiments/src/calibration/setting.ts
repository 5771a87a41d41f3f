import type { CoefficientOptions, Magnitudes } from "@monosema/bench";
import { type Random, random } from "@monosema/tensor";

/** What becomes of the samples, or of the trained dictionary, so that no latent is real. */
export const controls = ["gaussian", "permuted", "random", "shuffled"] as const;

/** A control: samples of a normal distribution, dimensions permuted on their own, random decoder rows, decoder rows in another order. */
export type Control = (typeof controls)[number];

/** Methods that dictionaries of the calibration are trained with. */
export const calibrationMethods = ["topk", "batchtopk", "matryoshka", "jumprelu", "relu"] as const;

/** A method of a setting; the last ones are for tests alone. */
export type CalibrationMethod = (typeof calibrationMethods)[number] | "gated" | "transcoder";

/** Data and training of a dictionary whose latents are scored and looked up in the truth. */
export interface CalibrationSetting {
  /** Seed of everything. */
  readonly seed: number;
  /** True features N. */
  readonly n: number;
  /** Dimensions P. */
  readonly nP: number;
  /** Latents Q. */
  readonly nQ: number;
  /** Features of a sample on average, as far as rates are not cut off. */
  readonly l0: number;
  /** Distribution of the coefficients. */
  readonly data: Omit<CoefficientOptions, "n" | "seed">;
  /** Standard deviation of noise on every number. */
  readonly noise: number;
  /** Length of a direction that is added to every sample. */
  readonly biasNorm: number;
  /** Training samples. */
  readonly samples: number;
  /** Samples that the scores are computed from, at most. */
  readonly audited: number;
  /** Whether those are samples that the dictionary was trained on. */
  readonly auditsTraining: boolean;
  /** Method. */
  readonly method: CalibrationMethod;
  /** Active latents of the TopK family. */
  readonly k: number;
  /** Times the usual coefficient of L0 or L1. */
  readonly sparsity: number;
  /** Steps. */
  readonly steps: number;
  /** Samples of a step. */
  readonly batchSize: number;
  /** Learning rate. */
  readonly lr: number;
  /** Biases are trained. */
  readonly biases: boolean;
  /** Dead latents learn from the residual. */
  readonly auxK: boolean;
  /** Whether, and how, the truth is taken away. */
  readonly control: Control | null;
}

/**
 * Draws a setting: dimensions, features, latents, rates, magnitudes, hierarchy, correlation, noise, method, sparsity, length of training.
 * Half of them have a hierarchy, and a third are controls without truth.
 */
export function drawSetting(seed: number): CalibrationSetting {
  const stream = random(seed, "calibration");
  const { between, onScale, oneOf, chance } = draws(stream);
  const nP = oneOf([48, 64, 64, 96, 96, 128, 128, 192, 192, 384]);
  const n = Math.round(Math.min(chance(0.15) ? 1500 : 600, nP * onScale(1.5, 10)));
  const nQ = Math.round(Math.min(1024, Math.max(64, n * oneOf([0.35, 0.5, 0.7, 1, 1.5, 2]))));
  const l0 = onScale(1, Math.min(12, nP / 8));
  const method = oneOf(["topk", ...calibrationMethods] as const);
  const steps = oneOf([150, 400, 1000, 1600]) * (method === "topk" || method === "matryoshka" ? 1 : 1.5);
  const k = Math.max(1, Math.round(l0 * oneOf([0.5, 1, 1, 1.5, 2, 4])));
  return {
    ...{ seed, n, nP, nQ, l0, method, steps, k },
    data: {
      firing: firingOf(stream, n, l0),
      magnitudes: oneOf(magnitudes),
      ...hierarchyOf(stream, n),
      ...(chance(0.4) ? { correlation: { rank: 10, scale: onScale(0.03, 0.2) } } : {}),
    },
    noise: chance(0.4) ? onScale(0.01, 0.1) : 0,
    biasNorm: chance(0.4) ? onScale(0.3, 5) : 0,
    samples: Math.round(onScale(8000, 60_000)),
    audited: Math.round(onScale(5000, 20_000)),
    auditsTraining: chance(0.5),
    sparsity: between(0.7, 3),
    batchSize: 256,
    lr: oneOf([1e-3, 3e-3]),
    biases: chance(0.8),
    auxK: chance(0.7),
    control: chance(1 / 3) ? oneOf(controls) : null,
  };
}

function draws(stream: Random) {
  const between = (low: number, high: number): number => low + (high - low) * stream.uniform();
  return {
    between,
    onScale: (low: number, high: number): number => Math.exp(between(Math.log(low), Math.log(high))),
    oneOf: <T>(values: readonly T[]): T => values[stream.integer(values.length)] as T,
    chance: (p: number): boolean => stream.uniform() < p,
  };
}

const magnitudes: readonly Magnitudes[] = [
  { kind: "exponential" },
  { kind: "exponential", min: 0 },
  { kind: "exponential", min: 2, scale: 0.5 },
  {
    kind: "gaussian",
    mean: { kind: "constant", value: 2 },
    deviation: { kind: "constant", value: 0.4 },
  },
];

/** Rates that sum to about l0: constant, falling with the rank in a line, or by a power of it. */
function firingOf(stream: Random, n: number, l0: number): NonNullable<CoefficientOptions["firing"]> {
  const { between, onScale, oneOf } = draws(stream);
  const mean = l0 / n;
  const law = oneOf(["constant", "linear", "zipfian", "zipfian"] as const);
  if (law === "linear") return { kind: "linear", first: Math.min(0.5, 1.8 * mean), last: 0.2 * mean };
  const exponent = between(0.3, 1.1);
  const weight = Array.from({ length: n }, (_, i) => (i + 1) ** -exponent).reduce((sum, value) => sum + value, 0);
  const [max, min] = [Math.min(0.5, l0 / weight), Math.min(onScale(1e-4, 1e-3), mean / 3)];
  if (law === "constant" || max <= min) return { kind: "constant", rate: mean };
  return { kind: "zipfian", exponent, max, min };
}

/** Half of the times trees that take up a part of the features. */
function hierarchyOf(stream: Random, n: number): Pick<CoefficientOptions, "hierarchy"> {
  const { between, oneOf, chance } = draws(stream);
  const [branching, depth] = [2 + stream.integer(4), 1 + stream.integer(3)];
  const size = Array.from({ length: depth + 1 }, (_, level) => branching ** level).reduce((sum, part) => sum + part, 0);
  const roots = Math.floor((n * between(0.4, 1)) / size);
  const exclusivePortion = oneOf([0, 0.5, 1]);
  const [compensate, scaleByParent] = [chance(0.8), chance(0.5)];
  if (!chance(0.5) || roots < 1) return {};
  return { hierarchy: { roots, branching, depth, exclusivePortion, compensate, scaleByParent } };
}
