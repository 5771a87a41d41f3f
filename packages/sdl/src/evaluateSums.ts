import type { Backend } from "@monosema/tensor";
import type { Batch } from "./batch.js";
import { fractionUnexplained } from "./fractionUnexplained.js";
import { columnsOf, offsets } from "./layers.js";
import { type ModelOutput, openModel } from "./loadedModel.js";
import type { Model } from "./model.js";
import type { ModelMetrics } from "./modelMetrics.js";
import { mergeTargetSums, type TargetSums, targetSums } from "./targetSums.js";

/** What one pass over some samples leaves of a dictionary's figures: plain data, also for JSON. Sums of other samples are merged. */
export interface EvaluateSums {
  /** Latents Q. */
  readonly latents: number;
  /** Latents that some sample activates, ascending. */
  readonly active: readonly number[];
  /** Active latents of all samples together. */
  readonly entries: number;
  /** Sums over the whole targets. */
  readonly target: TargetSums;
  /** Sums over the target of each layer of a cross-layer transcoder; none for others. */
  readonly layers: readonly TargetSums[];
}

/** Options of {@link evaluateSums} and `evaluateModel`. */
export interface EvaluateOptions {
  /** Called with each batch and what the dictionary made of it, such as for F1; waited for. */
  readonly onBatch?: (batch: Batch, output: ModelOutput) => void | Promise<void>;
  /** Gives what is measured in the place of what the encoder gives, such as other codes of the same decoder. */
  readonly infer?: (batch: Batch, encoded: ModelOutput) => Promise<ModelOutput>;
}

/**
 * Runs a dictionary over batches, in one pass and in float64 sums, so that the batch size does not matter.
 *
 * @param batches - samples `[B, P]`, for transcoders with targets `[B, R]`; none give sums of nothing
 * @throws RangeError for widths that do not fit, or as {@link openModel}
 */
export async function evaluateSums(
  backend: Backend,
  model: Model,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { onBatch, infer }: EvaluateOptions = {},
): Promise<EvaluateSums> {
  const { nP, nR, nQ, layers = [] } = model.spec;
  const sums = targetSums(nR);
  const starts = offsets(layers, "nR");
  const layerSums = layers.map((layer) => targetSums(layer.nR));
  const isActive = new Uint8Array(nQ);
  let entries = 0;
  const loaded = openModel(backend, model);
  try {
    for await (const batch of batches) {
      const target = batch.target ?? batch.input;
      if (target.length !== batch.size * nR) {
        throw new RangeError(
          `evaluateModel: targets must have width ${nR}, the dictionary's output, got ${target.length / batch.size}; ${batch.target || nP === nR ? "check the data" : "pass batch.target"}`,
        );
      }
      const { codes, input, size } = batch;
      const encoded = codes
        ? { codes, reconstruction: await loaded.decode(codes, input, size) }
        : await loaded.run(input, size);
      const output = infer ? await infer(batch, encoded) : encoded;
      for (const latent of output.codes.latents) isActive[latent] = 1;
      entries += output.codes.latents.length;
      sums.add(target, output.reconstruction);
      for (const [l, one] of layerSums.entries()) {
        const columns = [nR, starts[l] as number, starts[l + 1] ?? nR] as const;
        one.add(columnsOf(target, ...columns), columnsOf(output.reconstruction, ...columns));
      }
      await onBatch?.(batch, output);
    }
  } finally {
    loaded.dispose();
  }
  return {
    latents: nQ,
    active: [...isActive.keys()].filter((latent) => isActive[latent] === 1),
    entries,
    target: sums.sums(),
    layers: layerSums.map((one) => one.sums()),
  };
}

/**
 * The sums of all samples together. They are added in the order of the list: the same list gives the same bits, whoever made its parts;
 * lists that divide the samples in another way differ in roundings of float64.
 *
 * @throws RangeError for no sums, or sums of dictionaries of other shapes
 */
export function mergeEvaluateSums(list: readonly EvaluateSums[]): EvaluateSums {
  const [start, ...rest] = list;
  if (start === undefined)
    throw new RangeError("mergeEvaluateSums: needs sums of at least one part of the samples, got none; give some");
  let [entries, target, layers] = [start.entries, start.target, start.layers];
  for (const part of rest) {
    const [own, other] = [shapeOf(start), shapeOf(part)];
    if (own !== other) {
      throw new RangeError(
        `mergeEvaluateSums: sums must be of one dictionary, got shapes ${own} and ${other}; evaluate the same one`,
      );
    }
    entries += part.entries;
    target = mergeTargetSums(target, part.target);
    layers = layers.map((layer, l) => mergeTargetSums(layer, part.layers[l] as TargetSums));
  }
  const active = [...new Set(list.flatMap((part) => part.active))].sort((a, b) => a - b);
  return { latents: start.latents, active, entries, target, layers };
}

/** Latents and widths, for messages. */
const shapeOf = ({ latents, target, layers }: EvaluateSums): string =>
  JSON.stringify([latents, target.first.length, ...layers.map(({ first }) => first.length)]);

/**
 * The metrics that sums stand for.
 *
 * @throws RangeError where no sample was added
 */
export function finishEvaluate({ latents, active, entries, target, layers }: EvaluateSums): ModelMetrics {
  const { samples, error, ratios, measured } = target;
  if (samples === 0)
    throw new RangeError("evaluateModel: batches must hold at least one sample, got none; check the data");
  const fvu = fvuOf(target);
  return {
    samples,
    mse: error / (samples * target.first.length),
    fvu,
    ...(layers.length > 0 ? { layerFvu: layers.map(fvuOf) } : {}),
    explainedVariance: fvu === null ? null : 1 - fvu,
    l0: entries / samples,
    deadFraction: (latents - active.length) / latents,
    shrinkage: measured > 0 ? ratios / measured : 1,
  };
}

function fvuOf({ samples, first, second, power, error }: TargetSums): number | null {
  const squaredMean = first.reduce((sum, s) => sum + s * s, 0) / samples;
  return fractionUnexplained(error, second - squaredMean, power);
}
