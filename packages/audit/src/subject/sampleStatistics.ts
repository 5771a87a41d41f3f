import { addScaled, dot, type Mat, norm, row, zeros } from "@monosema/numerics";
import { fractionUnexplained } from "@monosema/sdl";
import type { LatentPair } from "./decoderPairs.js";
import type { FoldedModel } from "./foldDictionary.js";
import { type AuditBatch, type SampleBlock, sampleBlocks } from "./sampleBatch.js";
import { type Stationarity, stationarityOf } from "./stationarity.js";

/** What one pass over samples counts; codes are never kept. */
export interface SampleStatistics {
  /** Samples N. */
  readonly samples: number;
  /** Samples in which each latent is active, `[nQ]`. */
  readonly active: Float64Array;
  /** Sum of the codes of each latent, `[nQ]`. */
  readonly sums: Float64Array;
  /** Samples in which both latents of each pair are active, `[pairs]`. */
  readonly coactive: Float64Array;
  /** Mean number of active latents. */
  readonly l0: number;
  /** Samples whose reconstruction was computed. */
  readonly reconstructed: number;
  /** Fraction of variance unexplained over those, about their mean; null for targets without variance. */
  readonly fvu: number | null;
  /** Gradients over those, relative. */
  readonly stationarity: Stationarity;
  /** The first samples as the folded encoder takes them, `[S, ..]`. */
  readonly firstInputs: Mat;
  /** Their targets, `[S, nR]`. */
  readonly firstTargets: Mat;
}

/** Limits of the pass. */
export interface SampleLimits {
  /** Samples kept. */
  readonly samples: number;
  /** Active codes whose reconstruction and gradients are computed. */
  readonly activeCodes: number;
}

/**
 * One pass over samples.
 *
 * @param pairs - latents whose co-activation is counted
 * @throws RangeError where sizes do not fit, a number is not finite or there is no sample
 */
export async function sampleStatistics(
  data: Iterable<AuditBatch> | AsyncIterable<AuditBatch>,
  model: FoldedModel,
  pairs: readonly LatentPair[],
  limits: SampleLimits,
): Promise<SampleStatistics> {
  const { rows: nQ, cols: nR } = model.decoder;
  const active = new Float64Array(nQ);
  const sums = new Float64Array(nQ);
  const coactive = coactivation(nQ, pairs);
  const fit = reconstruction(model);
  const firstInputs: Float64Array[] = [];
  const firstTargets: Float64Array[] = [];
  let [samples, entries] = [0, 0];
  for await (const batch of data) {
    for (const block of sampleBlocks(batch, model, samples)) {
      const { offsets, latents, values } = block.codes;
      for (let at = 0; at < latents.length; at++) {
        const latent = latents[at] as number;
        active[latent] = (active[latent] as number) + 1;
        sums[latent] = (sums[latent] as number) + (values[at] as number);
      }
      for (let b = 0; b < block.inputs.rows; b++) {
        coactive.add(latents.subarray(offsets[b] as number, offsets[b + 1] as number));
        if (firstInputs.length >= limits.samples) continue;
        firstInputs.push(row(block.inputs, b).slice());
        firstTargets.push(row(block.targets, b).slice());
      }
      if (entries <= limits.activeCodes) fit.add(block);
      entries += latents.length;
      samples += block.inputs.rows;
    }
  }
  if (samples === 0) throw new RangeError("auditDictionary: data must hold a sample, got none; leave data out");
  return {
    samples,
    active,
    sums,
    coactive: coactive.counts,
    l0: entries / samples,
    ...fit.result(),
    firstInputs: stacked(firstInputs, model.encoder.cols),
    firstTargets: stacked(firstTargets, nR),
  };
}

/** Counts samples in which both latents of a pair are active. */
function coactivation(
  nQ: number,
  pairs: readonly LatentPair[],
): { readonly counts: Float64Array; readonly add: (latents: Int32Array) => void } {
  const counts = new Float64Array(pairs.length);
  const partners = new Map<number, { readonly latent: number; readonly pair: number }[]>();
  pairs.forEach(({ first, second }, pair) => {
    const list = partners.get(first);
    if (list) list.push({ latent: second, pair });
    else partners.set(first, [{ latent: second, pair }]);
  });
  const on = new Uint8Array(nQ);
  const add = (latents: Int32Array): void => {
    for (const latent of latents) on[latent] = 1;
    for (const first of latents) {
      for (const { latent, pair } of partners.get(first) ?? []) {
        if (on[latent] === 1) counts[pair] = (counts[pair] as number) + 1;
      }
    }
    for (const latent of latents) on[latent] = 0;
  };
  return { counts, add };
}

/** Accumulates residuals and gradients. */
function reconstruction(model: FoldedModel): {
  readonly add: (block: SampleBlock) => void;
  readonly result: () => Pick<SampleStatistics, "reconstructed" | "fvu" | "stationarity">;
} {
  const { encoder, decoder } = model;
  const gradEncoder = zeros(encoder.rows, encoder.cols);
  const gradDecoder = zeros(decoder.rows, decoder.cols);
  const energies = new Float64Array(decoder.rows);
  const mean = new Float64Array(decoder.cols);
  let [reconstructed, loss, e0] = [0, 0, 0];
  const add = ({ inputs, targets, codes: { offsets, latents, values } }: SampleBlock): void => {
    for (let b = 0; b < inputs.rows; b++) {
      const target = row(targets, b);
      e0 += dot(target, target);
      addScaled(mean, target, 1);
      const residual = target.slice();
      const [from, to] = [offsets[b] as number, offsets[b + 1] as number];
      for (let at = from; at < to; at++) {
        addScaled(residual, row(decoder, latents[at] as number), -(values[at] as number));
      }
      loss += dot(residual, residual);
      for (let at = from; at < to; at++) {
        const latent = latents[at] as number;
        const code = values[at] as number;
        energies[latent] = (energies[latent] as number) + code * code;
        addScaled(row(gradDecoder, latent), residual, -2 * code);
        addScaled(row(gradEncoder, latent), row(inputs, b), -2 * dot(residual, row(decoder, latent)));
      }
    }
    reconstructed += inputs.rows;
  };
  const result = () => {
    const variance = e0 - norm(mean) ** 2 / (reconstructed || 1);
    return {
      reconstructed,
      fvu: fractionUnexplained(loss, variance, e0),
      stationarity: stationarityOf({ encoder, decoder, gradEncoder, gradDecoder, energies, loss, e0 }),
    };
  };
  return { add, result };
}

function stacked(rows: readonly Float64Array[], cols: number): Mat {
  const result = zeros(rows.length, cols);
  rows.forEach((values, i) => {
    result.data.set(values, i * cols);
  });
  return result;
}
