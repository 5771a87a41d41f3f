import { type HeldOutBatch, type LinearRepresentationBench, linearRepresentationBench } from "@monosema/bench";
import { SettingsError } from "./checkSettings.js";
import type { MethodSpec } from "./methodSpec.js";
import type { Preset } from "./preset.js";
import { sampleBlocks } from "./sampleBlocks.js";
import { type OpensBatches, type SampleStore, sampleStore } from "./sampleStore.js";

/** One view of the data of a seed. */
export interface ViewData extends SampleStore {
  /** Features and samples. */
  readonly lrb: LinearRepresentationBench;
  /** The held-out samples. */
  readonly heldOut: readonly HeldOutBatch[];
}

/** The data of one seed; views share coefficients. */
export interface SeedData {
  /** A view, made at its first use. */
  view(view: MethodSpec["view"]): ViewData;
  /** Share of the training samples in which each feature fires, measured on at most 100,000 of them, `[n]`. */
  rates(): Float64Array;
}

/** Gives the data of a preset and seed. */
export type DataOf = (preset: Preset, seed: number) => SeedData;

/** Gives data and keeps the last ones: rows of a table mostly ask for the same, and making them takes as long as training. */
export function lastSeedData(): DataOf {
  let last: { readonly key: string; readonly data: SeedData } | undefined;
  return (preset, seed) => {
    const { n, nP, sparsity, maxInterference, samples, heldOut, data } = preset;
    const key = JSON.stringify({ n, nP, sparsity, maxInterference, samples, heldOut, data, seed });
    if (last?.key !== key) last = { key, data: seedData(preset, seed) };
    return last.data;
  };
}

/** @throws SettingsError where no features of the asked interference are found */
export function seedData(preset: Preset, seed: number, opens?: OpensBatches): SeedData {
  const views = new Map<string, ViewData>();
  let rates: Float64Array | undefined;
  const view: SeedData["view"] = (name) => {
    const found = views.get(name);
    if (found !== undefined) return found;
    const lrb = openBench(preset, name, seed);
    const made = { lrb, ...sampleStore(lrb, opens), heldOut: [...lrb.heldOut({ samples: preset.heldOut })] };
    views.set(name, made);
    return made;
  };
  return {
    view,
    rates: () => {
      rates ??= measuredRates([...views.values()][0]?.lrb ?? view("sae").lrb);
      return rates;
    },
  };
}

function openBench(preset: Preset, view: MethodSpec["view"], seed: number): LinearRepresentationBench {
  const { n, nP, sparsity = 0, samples, maxInterference, data } = preset;
  const coefficients = data ?? { firing: { kind: "constant", rate: 1 - sparsity } };
  try {
    const bound = data?.orthogonalization === undefined ? { maxInterference } : {};
    return linearRepresentationBench({ n, nP, samples, view, seed, ...bound, ...coefficients });
  } catch (error) {
    throw new SettingsError((error as Error).message, { cause: error });
  }
}

/** Features by falling rate; of several with the same the first one first. */
export const rankedByRate = (rates: Float64Array): number[] =>
  Array.from(rates.keys()).sort((a, b) => (rates[b] as number) - (rates[a] as number) || a - b);

const MEASURED = 100_000;

function measuredRates({ n, samples, coefficients }: LinearRepresentationBench): Float64Array {
  const count = Math.min(samples, MEASURED);
  const rates = new Float64Array(n);
  for (const indices of sampleBlocks(count)) {
    for (const feature of coefficients(indices).latents) rates[feature] = (rates[feature] as number) + 1 / count;
  }
  return rates;
}
