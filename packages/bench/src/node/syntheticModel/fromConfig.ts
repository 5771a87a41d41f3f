import { FormatError } from "@monosema/tensor";
import { type MagnitudeTable, magnitudeTable, type Profile } from "../../coefficients/magnitudes.js";
import { files } from "./files.js";

/** What the configuration of SAELens' model says beyond the tensors. */
export interface ModelConfig {
  /** N, number of features. */
  readonly n: number;
  /** Dimension. */
  readonly nP: number;
  /** Seed of the model; absent where it had none. */
  readonly seed?: number;
  /** Magnitudes by feature. */
  readonly magnitudes: MagnitudeTable;
  /** What could not be read as SAELens has it, in sentences. */
  readonly differences: readonly string[];
}

/**
 * Reads a configuration. Magnitudes are not in the tensors: SAELens draws them again from its seed, so those of random families are drawn
 * here from ours, and said to be.
 *
 * @throws FormatError `bad-config`
 */
export function fromConfig(config: unknown): ModelConfig {
  if (typeof config !== "object" || config === null) refuse("the configuration must be an object", config);
  const given = config as Record<string, unknown>;
  const { num_features: n, hidden_dim: nP, seed } = given;
  for (const [name, value] of Object.entries({ num_features: n, hidden_dim: nP })) {
    if (!Number.isSafeInteger(value) || (value as number) < 1) refuse(`${name} must be a positive integer`, value);
  }
  if (seed != null && !Number.isSafeInteger(seed)) refuse("seed must be an integer or null", seed);
  const differences: string[] = [];
  const read = (name: string, missing: number): ProfileConfig => {
    const value = given[name] ?? missing;
    const profile = toProfile(name, value);
    if (profile.kind === "foldedNormal") {
      differences.push(
        `${name}: SAELens draws them from torch's generator; these are others of the same folded normal distribution`,
      );
    }
    return { profile, limits: limitsOf(name, value) };
  };
  const mean = read("mean_firing_magnitudes", 1);
  const deviation = read("std_firing_magnitudes", 0);
  const table = magnitudeTable(
    { kind: "gaussian", mean: mean.profile, deviation: deviation.profile },
    n as number,
    (seed as number | null) ?? 0,
  );
  if (table.kind !== "gaussian") throw new Error("internal: a Gaussian family must give a Gaussian table");
  return {
    n: n as number,
    nP: nP as number,
    ...(seed == null ? {} : { seed: seed as number }),
    magnitudes: {
      kind: "gaussian",
      means: clamped(table.means, mean.limits),
      deviations: clamped(table.deviations, deviation.limits),
    },
    differences,
  };
}

interface ProfileConfig {
  readonly profile: Profile;
  readonly limits: readonly [number, number];
}

function toProfile(name: string, value: unknown): Profile {
  if (typeof value === "number") return { kind: "constant", value };
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const number = (key: string, missing?: number): number => {
    const found = given[key] ?? missing;
    return typeof found === "number" ? found : refuse(`${name}.${key} must be a number`, found);
  };
  switch (given.generator_name) {
    case "constant":
      return { kind: "constant", value: number("value", 1) };
    case "linear":
    case "exponential":
      return { kind: given.generator_name, first: number("start"), last: number("end") };
    case "folded_normal":
      return { kind: "foldedNormal", mean: number("mean", 0), deviation: number("std", 0.1) };
    default:
      return refuse(
        `${name} must be a number or constant, linear, exponential or folded_normal`,
        JSON.stringify(value),
      );
  }
}

function limitsOf(name: string, value: unknown): readonly [number, number] {
  const { min_value: min, max_value: max } = (typeof value === "object" ? value : {}) as Record<string, unknown>;
  const limit = (key: string, found: unknown, missing: number): number => {
    if (found == null) return missing;
    return typeof found === "number" ? found : refuse(`${name}.${key} must be a number or null`, found);
  };
  return [limit("min_value", min, Number.NEGATIVE_INFINITY), limit("max_value", max, Number.POSITIVE_INFINITY)];
}

function clamped(values: Float64Array, [least, most]: readonly [number, number]): Float64Array {
  return values.map((value) => Math.min(Math.max(value, least), most));
}

function refuse(rule: string, got: unknown): never {
  throw new FormatError("bad-config", `${rule}, got ${got}; write the model again with SAELens`, {
    file: files.config,
  });
}
