import type { CoefficientOptions } from "../../coefficients/coefficientTables.js";
import type { FiringRates } from "../../coefficients/firingRates.js";
import type { HierarchyOptions } from "../../coefficients/hierarchy.js";
import type { Magnitudes, Profile } from "../../coefficients/magnitudes.js";

/** What a configuration of SAELens cannot say. */
export interface Shortcomings {
  /** The distribution that SAELens draws from differs. */
  readonly lost: string[];
  /** The distribution is the same, the numbers are not. */
  readonly notes: string[];
}

type Json = number | Record<string, unknown>;

/** The firing rates as SAELens' generator. */
export function firingConfig(
  family: FiringRates,
  correlated: boolean,
  { lost }: Shortcomings,
): Record<string, unknown> {
  switch (family.kind) {
    case "constant":
      return { generator_name: "constant", probability: family.rate };
    case "linear": {
      const { first = 0.3, last = 0.01 } = family;
      return { generator_name: "linear", max_prob: first, min_prob: last };
    }
    case "zipfian": {
      const { exponent = 1, max = 0.3, min = 0.01 } = family;
      return { generator_name: "zipfian", exponent, max_prob: max, min_prob: min };
    }
    case "uniform": {
      const { min = 0.01, max = 0.5 } = family;
      if (correlated)
        lost.push(
          "uniform rates beside a correlation: SAELens thresholds the correlated normals at rates that it draws anew",
        );
      return { generator_name: "random", max_prob: max, min_prob: min };
    }
  }
}

/** Mean and deviation of the magnitudes; an exponential family becomes the Gaussian one of the same two. */
export function magnitudeConfig(family: Magnitudes, shortcomings: Shortcomings): { mean: Json; std: Json } {
  if (family.kind === "gaussian") {
    const { mean = { kind: "constant", value: 1 }, deviation = { kind: "constant", value: 0 } } = family;
    return {
      mean: profileConfig("mean", mean, shortcomings),
      std: profileConfig("deviation", deviation, shortcomings),
    };
  }
  const { min = 1, scale = 1 } = family;
  shortcomings.lost.push(
    `magnitudes ${min} + ${scale} Exp(1): SAELens has max(mean + std N(0, 1), 0) only; the nearest has mean ${min + scale} and std ${scale}`,
  );
  return { mean: min + scale, std: scale };
}

function profileConfig(name: string, profile: Profile, { notes }: Shortcomings): Json {
  switch (profile.kind) {
    case "constant":
      return profile.value;
    case "linear":
    case "exponential":
      return { generator_name: profile.kind, start: profile.first, end: profile.last };
    case "foldedNormal":
      notes.push(`${name} of the magnitudes: SAELens draws its own numbers of the same folded normal distribution`);
      return {
        generator_name: "folded_normal",
        mean: profile.mean,
        std: profile.deviation,
        min_value: null,
        max_value: null,
      };
  }
}

/** The options of the forest; null where there are no children. */
export function hierarchyConfig(
  options: HierarchyOptions | undefined,
  { lost }: Shortcomings,
): Record<string, unknown> | null {
  if (options === undefined || options.depth === 0) return null;
  const { roots, branching, depth, exclusivePortion = 0, compensate = false, scaleByParent = false } = options;
  const [least, most] = typeof branching === "number" ? [branching, branching] : branching;
  if (least < 2) lost.push(`parents with ${least} child: SAELens takes a branching of at least 2`);
  return {
    total_root_nodes: roots,
    branching_factor: least === most ? Math.max(2, most) : [Math.max(2, least), Math.max(2, most)],
    max_depth: depth,
    mutually_exclusive_portion: exclusivePortion,
    mutually_exclusive_min_depth: 0,
    mutually_exclusive_max_depth: null,
    compensate_probabilities: compensate,
    scale_children_by_parent: scaleByParent,
  };
}

/** The configuration of SAELens' model for these options, and what it cannot say. */
export function toConfig(
  options: CoefficientOptions & { readonly nP: number; readonly biasNorm?: number },
): { config: Record<string, unknown> } & Shortcomings {
  const shortcomings: Shortcomings = { lost: [], notes: [] };
  const { n, nP, seed, biasNorm = 0, correlation } = options;
  const { firing = { kind: "constant", rate: 0.01 }, magnitudes = { kind: "exponential" } } = options;
  const { mean, std } = magnitudeConfig(magnitudes, shortcomings);
  const config = {
    num_features: n,
    hidden_dim: nP,
    firing_probability: firingConfig(firing, correlation !== undefined, shortcomings),
    hierarchy: hierarchyConfig(options.hierarchy, shortcomings),
    orthogonalization: null,
    correlation:
      correlation === undefined ? null : { rank: correlation.rank, correlation_scale: correlation.scale, seed: null },
    std_firing_magnitudes: std,
    mean_firing_magnitudes: mean,
    bias: biasNorm === 0 ? false : biasNorm,
    dtype: "float32",
    seed,
  };
  return { config, ...shortcomings };
}
