import { FormatError } from "@monosema/tensor";
import { asRecord, type Settings, settings } from "../record.js";

/** How the rotations of a long context differ from those of training. */
export type RopeScaling =
  | { readonly kind: "linear"; readonly factor: number }
  | {
      readonly kind: "llama3";
      readonly factor: number;
      readonly lowFrequency: number;
      readonly highFrequency: number;
      readonly trained: number;
    };

/** Angles per position of the pairs of a head `[headSize / 2]` (Su et al. 2021). */
export function ropeFrequencies(headSize: number, base: number, scaling?: RopeScaling): Float64Array {
  const frequencies = Float64Array.from({ length: headSize / 2 }, (_, i) => base ** ((-2 * i) / headSize));
  if (scaling?.kind === "linear") return frequencies.map((frequency) => frequency / scaling.factor);
  if (scaling?.kind !== "llama3") return frequencies;
  const { factor, lowFrequency, highFrequency, trained } = scaling;
  // Llama 3.1: waves longer than the trained context are stretched, short ones kept, those between mixed.
  return frequencies.map((frequency) => {
    const waves = (trained * frequency) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (waves - lowFrequency) / (highFrequency - lowFrequency)));
    return (1 - kept) * (frequency / factor) + kept * frequency;
  });
}

/** The scaling that a config.json of Hugging Face names; FormatError `unsupported-rope` for others. */
export function ropeScalingOf(config: Settings, file: string): RopeScaling | undefined {
  const value = config.get("rope_scaling") ?? config.get("rope_parameters");
  if (value === undefined) return undefined;
  const given = asRecord(value, "rope_scaling", file);
  const kind = given.rope_type ?? given.type ?? "default";
  if (kind === "default") return undefined;
  const number = (key: string): number => settings(given, file).positive(key);
  if (kind === "linear") return { kind, factor: number("factor") };
  if (kind === "llama3") {
    return {
      kind,
      factor: number("factor"),
      lowFrequency: number("low_freq_factor"),
      highFrequency: number("high_freq_factor"),
      trained: number("original_max_position_embeddings"),
    };
  }
  const message = `rope scaling must be default, linear or llama3, got ${kind}; use a model without it`;
  throw new FormatError("unsupported-rope", message, { file });
}

/** Cosines and sines `[length, headSize / 2]`. */
export function ropeTables(frequencies: Float64Array, length: number): { cos: Float32Array; sin: Float32Array } {
  const angle = (i: number) => Math.floor(i / frequencies.length) * (frequencies[i % frequencies.length] as number);
  const size = { length: length * frequencies.length };
  return {
    cos: Float32Array.from(size, (_, i) => Math.cos(angle(i))),
    sin: Float32Array.from(size, (_, i) => Math.sin(angle(i))),
  };
}
