import { type HeldOutBatch, type LinearRepresentationBench, linearRepresentationBench } from "@monosema/bench";
import { SettingsError } from "./checkSettings.js";
import type { MethodSpec } from "./methodSpec.js";
import type { Preset } from "./preset.js";
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

const MEASURED = 100_000;
const BLOCK = 1000;

function measuredRates({ n, samples, coefficients }: LinearRepresentationBench): Float64Array {
  const count = Math.min(samples, MEASURED);
  const rates = new Float64Array(n);
  for (let start = 0; start < count; start += BLOCK) {
    const indices = Array.from({ length: Math.min(BLOCK, count - start) }, (_, i) => start + i);
    for (const feature of coefficients(indices).latents) rates[feature] = (rates[feature] as number) + 1 / count;
  }
  return rates;
}
