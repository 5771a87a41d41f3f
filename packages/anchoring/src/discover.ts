import { gatherRows, normaliseRows } from "@monosema/numerics";
import {
  type Batch,
  type BatchSource,
  fit,
  type Initialisation,
  type Model,
  openModel,
  type SdlSpec,
  sae,
  transcoder,
} from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { AnchorSet } from "./anchors.js";
import { type CodesByLatent, inputDirections } from "./inputDirections.js";

/** Options of {@link discoverAnchors}. */
export interface DiscoverOptions {
  /** Expected number of features n; the cut against noise uses it. */
  readonly expected: number;
  /** Latents of the TopK run. */
  readonly nQ: number;
  /** k of the TopK run; two to four times the expected number of active features. */
  readonly k: number;
  /** Steps of the TopK run. Default 300. */
  readonly steps?: number;
  /** Learning rate of the TopK run. Default 3e-3. */
  readonly lr?: number;
  /** Train b_enc and b_dec, for data that are not centred. Default false. */
  readonly biases?: boolean;
  /** Start of the TopK run. Default kaiming. */
  readonly init?: Initialisation;
  /** Seed of the TopK run. Default 0. */
  readonly seed?: number;
  /** Samples that score the latents. Default 4096. */
  readonly samples?: number;
  /** Latents that explain less than this times (total / expected) are dropped. Default .1. */
  readonly cut?: number;
  /** A direction whose |cosine| with a kept one is larger is a duplicate. Default .8; .7 for thousands of features. */
  readonly duplicate?: number;
}

/** Discovered anchors with the run that they come from. */
export interface DiscoveredAnchors extends AnchorSet {
  /** The TopK dictionary. */
  readonly model: Model;
  /** Latent of {@link DiscoveredAnchors.model} behind each anchor. */
  readonly latents: Int32Array;
  /** Energy u_j = sum_b f_bj^2 ||decoder_j||^2 of each anchor, descending. */
  readonly energy: Float64Array;
}

/**
 * Anchors without labels: a short plain TopK run, its latents ranked by the energy that they explain, the weak
 * ones and near duplicates dropped. Anchors are decoder directions; for transcoders the input side comes from a ridge regression.
 *
 * Scores of a run anchored to them say what the TopK run had found: anchored rows do not pull the others along.
 *
 * @param dims - variant and widths of the model to be anchored
 * @param source - the training batches
 */
export async function discoverAnchors(
  backend: Backend,
  dims: Pick<SdlSpec, "variant" | "nP" | "nR">,
  source: BatchSource,
  options: DiscoverOptions,
): Promise<DiscoveredAnchors> {
  const { expected, nQ, k, steps = 300, lr = 3e-3, seed = 0, init = {}, biases = false } = options;
  const { samples = 4096, cut = 0.1, duplicate = 0.8 } = options;
  const { nP, nR } = dims;
  const activation = { kind: "topk", k } as const;
  if (dims.variant === "crosslayer") {
    throw new RangeError(
      "discoverAnchors: the model must be of one layer, got a cross-layer transcoder; discover anchors for a transcoder",
    );
  }
  const transcodes = dims.variant === "transcoder";
  const spec = transcodes ? transcoder({ nP, nR, nQ, activation, biases }) : sae({ nP, nQ, activation, biases });
  const { model } = await fit(backend, spec, source, { steps, seed, init, optimizer: { lr }, reportEvery: steps });

  const { codes, inputs, used } = await collect(backend, model, source, samples, steps);
  const decoder = model.weights.decoder;
  const energy = latentEnergy(codes, decoder, nQ, nR);
  const total = energy.reduce((a, b) => a + b, 0);
  const strong = Array.from(energy.keys())
    .filter((j) => (energy[j] as number) > 0 && (energy[j] as number) >= (cut * total) / expected)
    .sort((a, b) => (energy[b] as number) - (energy[a] as number) || a - b);
  const kept = withoutDuplicates(strong, unitRows(decoder, strong, nR), nR, duplicate);
  if (kept.length === 0) {
    throw new RangeError(
      `discoverAnchors: some latent must be active in ${used} samples, got none; train longer or check the data`,
    );
  }
  const target = unitRows(decoder, kept, nR);
  const input = transcodes ? inputDirections(codes, inputs, strong, kept, nP) : target;
  return {
    kind: "discovered",
    count: kept.length,
    input,
    target,
    model,
    latents: Int32Array.from(kept),
    energy: Float64Array.from(kept, (j) => energy[j] as number),
  };
}

async function collect(
  backend: Backend,
  model: Model,
  source: BatchSource,
  samples: number,
  after: number,
): Promise<{ readonly codes: CodesByLatent; readonly inputs: readonly Batch["input"][]; readonly used: number }> {
  const byLatent = new Map<number, { samples: number[]; values: number[] }>();
  const inputs: Batch["input"][] = [];
  const loaded = openModel(backend, model);
  try {
    let used = 0;
    for (let step = after + 1; used < samples; step++) {
      const batch = await source.batch(step);
      const { offsets, latents, values } = await loaded.encode(batch.input, batch.size);
      for (let b = 0; b < batch.size; b++) {
        for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++) {
          const latent = latents[e] as number;
          const entry = byLatent.get(latent) ?? { samples: [], values: [] };
          entry.samples.push(used + b);
          entry.values.push(values[e] as number);
          byLatent.set(latent, entry);
        }
      }
      inputs.push(batch.input);
      used += batch.size;
    }
    return { codes: byLatent, inputs, used };
  } finally {
    loaded.dispose();
  }
}

function latentEnergy(codes: CodesByLatent, decoder: Float32Array, nQ: number, nR: number): Float64Array {
  const energy = new Float64Array(nQ);
  for (const [latent, { values }] of codes) {
    let row = 0;
    for (let d = 0; d < nR; d++) row += (decoder[latent * nR + d] as number) ** 2;
    energy[latent] = row * values.reduce((sum, value) => sum + value * value, 0);
  }
  return energy;
}

function unitRows(rows: Float32Array, chosen: readonly number[], width: number): Float32Array {
  const out = gatherRows(rows, width, chosen);
  normaliseRows(out, width);
  return out;
}

/** Greedy in the given order: keeps a direction whose |cosine| with every kept one is at most `limit`. */
function withoutDuplicates(latents: readonly number[], units: Float32Array, width: number, limit: number): number[] {
  const kept: number[] = [];
  latents.forEach((_, i) => {
    const repeats = kept.some((j) => {
      let cosine = 0;
      for (let d = 0; d < width; d++) cosine += (units[i * width + d] as number) * (units[j * width + d] as number);
      return Math.abs(cosine) > limit;
    });
    if (!repeats) kept.push(i);
  });
  return kept.map((i) => latents[i] as number);
}
